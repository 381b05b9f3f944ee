using System.Diagnostics.CodeAnalysis;
using System.Text;
using MedISeg.Dicom.Text;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom;

/// <summary>Data elements in the order of their tags. The names are those of fo-dicom. Values never appear in messages.</summary>
public sealed class DicomDataset
{
    private const string UnicodeName = "ISO_IR 192";

    /// <summary>Longest list of character sets that is believed; it is read anew for every text.</summary>
    private const int LongestCharacterSets = 1024;

    /// <summary>What data sets without elements share: a hostile file may hold millions of empty items.</summary>
    private static readonly SortedDictionary<DicomTag, DicomItem> None = [];

    private SortedDictionary<DicomTag, DicomItem> _items = None;
    private bool _hadPixelData;

    /// <summary>An empty data set of explicit little endian.</summary>
    public DicomDataset() : this(DicomTransferSyntax.ExplicitVRLittleEndian)
    {
    }

    /// <summary>An empty data set.</summary>
    /// <param name="syntax">How its pixels are encoded.</param>
    public DicomDataset(DicomTransferSyntax syntax) => InternalTransferSyntax = syntax;

    /// <summary>How the pixels are encoded.</summary>
    public DicomTransferSyntax InternalTransferSyntax { get; internal set; }

    /// <summary>The elements, by ascending tag.</summary>
    public IReadOnlyCollection<DicomItem> Items => _items.Values;

    /// <summary>Character sets of the text, from this data set or the ones around it; the first is the one that text begins in.
    /// Empty: ASCII.</summary>
    public IReadOnlyList<string> CharacterSets
    {
        get
        {
            for (DicomDataset? set = this; set is not null; set = set.Parent)
                if (set.GetDicomItem<DicomElement>(DicomTag.SpecificCharacterSet) is { Buffer.Length: > 0 and <= LongestCharacterSets } element)
                    return DicomText.Split(element, []);
            return [];
        }
    }

    /// <summary>The data set whose sequence holds this one; null at the top.</summary>
    internal DicomDataset? Parent => Container?.Owner;

    /// <summary>The sequence that holds this data set; null at the top.</summary>
    internal DicomSequence? Container { get; set; }

    /// <summary>Whether there is pixel data, whole numbers or floating point, or was in the file and was skipped when it was read.</summary>
    public bool HasPixelData
    {
        get => _hadPixelData || Contains(DicomTag.PixelData) || Contains(DicomTag.FloatPixelData) || Contains(DicomTag.DoubleFloatPixelData);
        internal set => _hadPixelData = value;
    }

    /// <summary>Whether the element is there, with or without a value.</summary>
    public bool Contains(DicomTag tag) => _items.ContainsKey(tag);

    /// <summary>The element; null where it is missing or of another kind.</summary>
    public T? GetDicomItem<T>(DicomTag tag) where T : DicomItem => _items.GetValueOrDefault(tag) as T;

    /// <summary>Number of values; 0 where the element is missing or empty.</summary>
    public int GetValueCount(DicomTag tag) => GetDicomItem<DicomElement>(tag) is { } element ? DicomValues.Count(element, CharacterSets) : 0;

    /// <summary>All values as one text, separated by backslashes.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the element is missing.</exception>
    public string GetString(DicomTag tag) => TryGetString(tag, out string? text) ? text : throw Missing(tag);

    /// <summary>All values as one text, separated by backslashes.</summary>
    /// <returns>false: the element is missing; an empty element gives an empty text.</returns>
    public bool TryGetString(DicomTag tag, [NotNullWhen(true)] out string? text)
    {
        text = GetDicomItem<DicomElement>(tag) is { } element ? string.Join('\\', DicomValues.Read<string>(element, CharacterSets)) : null;
        return text is not null;
    }

    /// <summary>All values.</summary>
    /// <typeparam name="T">string, byte, short, ushort, int, uint, long, ulong, float, double or <see cref="DicomTag"/>.</typeparam>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the element is missing, or a value is no such
    /// number.</exception>
    public T[] GetValues<T>(DicomTag tag) => TryGetValues(tag, out T[]? values) ? values : throw Missing(tag);

    /// <summary>All values; an empty element gives an empty array.</summary>
    /// <inheritdoc cref="GetValues{T}"/>
    /// <returns>false: the element is missing.</returns>
    public bool TryGetValues<T>(DicomTag tag, [NotNullWhen(true)] out T[]? values)
    {
        values = GetDicomItem<DicomElement>(tag) is { } element ? DicomValues.Read<T>(element, CharacterSets) : null;
        return values is not null;
    }

    /// <summary>The first value.</summary>
    /// <inheritdoc cref="GetValues{T}"/>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: there is no value, or it is no such
    /// number.</exception>
    public T GetSingleValue<T>(DicomTag tag) => TryGetSingleValue(tag, out T? value) ? value : throw Missing(tag);

    /// <summary>The first value.</summary>
    /// <inheritdoc cref="GetValues{T}"/>
    /// <returns>false: there is no value.</returns>
    public bool TryGetSingleValue<T>(DicomTag tag, [NotNullWhen(true)] out T? value)
    {
        value = default;
        if (!TryGetValues(tag, out T[]? values) || values.Length == 0) return false;
        value = values[0]!;
        return true;
    }

    /// <summary>The first value, or a default where there is none.</summary>
    /// <inheritdoc cref="GetValues{T}"/>
    public T GetSingleValueOrDefault<T>(DicomTag tag, T defaultValue) => TryGetSingleValue(tag, out T? value) ? value : defaultValue;

    /// <summary>The sequence.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: it is missing.</exception>
    public DicomSequence GetSequence(DicomTag tag) => GetDicomItem<DicomSequence>(tag) ?? throw Missing(tag);

    /// <summary>The sequence.</summary>
    /// <returns>false: it is missing.</returns>
    public bool TryGetSequence(DicomTag tag, [NotNullWhen(true)] out DicomSequence? sequence)
    {
        sequence = GetDicomItem<DicomSequence>(tag);
        return sequence is not null;
    }

    /// <summary>Sets an element.</summary>
    public DicomDataset AddOrUpdate(DicomItem item)
    {
        if (ReferenceEquals(_items, None)) _items = [];
        _items[item.Tag] = item;
        if (item is DicomSequence sequence) sequence.Owner = this;
        return this;
    }

    /// <summary>Sets a sequence.</summary>
    public DicomDataset AddOrUpdate(DicomTag tag, params DicomDataset[] items) => AddOrUpdate(new DicomSequence(tag, items));

    /// <summary>Sets an element of the representation that the dictionary gives. Text is written in the character set that the data set, or
    /// one around it, has by now; without one, text beyond ASCII gives the data set ISO_IR 192.</summary>
    /// <param name="tag">A tag of the dictionary with one representation; the choice <c>US or SS</c> is taken as US.</param>
    /// <param name="values">string for text; numbers for numbers and for DS and IS; DicomTag for AT; bytes for OB, OW and the like.</param>
    /// <exception cref="ArgumentException">A value does not fit the representation, or a character not the character set.</exception>
    public DicomDataset AddOrUpdate<T>(DicomTag tag, params T[] values) =>
        AddOrUpdate(DicomVR.Parse(DicomDictionary.RepresentationOf(tag)[..2]), tag, values);

    /// <summary>Sets an element.</summary>
    /// <inheritdoc cref="AddOrUpdate{T}(DicomTag, T[])"/>
    /// <param name="representation">Its representation.</param>
    /// <param name="tag">Its name; may be a private one.</param>
    /// <param name="values">As above.</param>
    public DicomDataset AddOrUpdate<T>(DicomVR representation, DicomTag tag, params T[] values)
    {
        IReadOnlyList<string> characterSets = CharacterSets;
        if (representation.UsesCharacterSet && characterSets.Count == 0 && values is string[] texts && !texts.All(text => Ascii.IsValid(text)))
        {
            AddOrUpdate(DicomTag.SpecificCharacterSet, UnicodeName);
            characterSets = [UnicodeName];
        }
        return AddOrUpdate(new DicomElement(tag, representation, DicomValueWriter.Write(representation, values, characterSets)));
    }

    /// <summary>Copies elements to another data set, sequences with all that is in them. Text is written anew in the character set of the
    /// other one; values are shared.</summary>
    /// <param name="destination">Its elements of the same names are replaced.</param>
    /// <param name="tags">What to copy, where it is there; SpecificCharacterSet is not to be among them.</param>
    /// <exception cref="ArgumentException">Text has a character that the other character set has not; ISO_IR 192 has all.</exception>
    public void CopyTo(DicomDataset destination, params ReadOnlySpan<DicomTag> tags)
    {
        foreach (DicomTag tag in tags)
            if (_items.TryGetValue(tag, out DicomItem? item)) DatasetCopy.Copy(item, this, destination);
    }

    /// <summary>Removes an element, if it is there.</summary>
    public DicomDataset Remove(DicomTag tag)
    {
        if (!ReferenceEquals(_items, None)) _items.Remove(tag);
        return this;
    }

    private static SegmentationException Missing(DicomTag tag) =>
        new(ErrorCode.UnreadableImage, $"The DICOM object has no value for {tag}; export it again with all attributes of its kind.");
}
