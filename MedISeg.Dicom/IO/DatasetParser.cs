using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>Reads the elements of a data set. What is open stands on a stack of ours, so nesting costs no call depth; every claimed length is
/// checked against the bytes that are there before anything is taken from it.</summary>
/// <param name="bytes">The file, or the inflated data set.</param>
/// <param name="at">Index of the first element.</param>
/// <param name="option">What to keep.</param>
/// <param name="limits">Bounds.</param>
internal sealed class DatasetParser(ReadOnlyMemory<byte> bytes, int at, FileReadOption option, DicomReadLimits limits)
{
    private const int LongestKept = 64 * 1024;
    private const int HeaderSize = 8;
    private const uint Item = 0xfffee000;
    private const uint ItemDelimitation = 0xfffee00d;
    private const uint SequenceDelimitation = 0xfffee0dd;

    private readonly Stack<Level> _open = new();
    private int _at = at;
    private int _count;
    private bool _sawPixels;
    private int? _paddingStart;

    /// <summary>Index of the first byte that was not read.</summary>
    public int Position => _at;

    /// <summary>Elements and items so far.</summary>
    public int Count => _count;

    private bool IsTop => _open.Count == 1;

    /// <summary>Reads elements up to the end, or, for file meta information, as long as they are of group 2.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>.</exception>
    public void Read(DicomDataset dataset, ElementCoding coding, bool onlyMeta)
    {
        _open.Push(new Level(dataset, null, bytes.Length, false, false, coding));
        while (_open.TryPeek(out Level? level))
        {
            if (level.End - _at < HeaderSize) ReachEnd(level);
            else if (level.Sequence is not null) ReadItem(level);
            else if (onlyMeta && IsTop && level.Coding.Tag(bytes.Span[_at..]).Group != 2) _open.Pop();
            else ReadElement(level);
        }
    }

    /// <summary>Fewer bytes are left than a header takes.</summary>
    private void ReachEnd(Level level)
    {
        ReadOnlySpan<byte> rest = bytes.Span[_at..level.End];
        bool isRestNoise = IsTop && (_sawPixels || rest.IndexOfAnyExcept((byte)0) < 0);
        if (!rest.IsEmpty && !isRestNoise) throw level.End == bytes.Length ? DicomErrors.Truncated() : DicomErrors.Damaged("An item has stray bytes at its end");
        if (level is { IsUndefined: true, IsBounded: false }) throw DicomErrors.Truncated();
        _at = level.End;
        _open.Pop();
    }

    private void ReadItem(Level level)
    {
        DicomTag tag = level.Coding.Tag(bytes.Span[_at..]);
        uint length = level.Coding.UInt32(bytes.Span[(_at + 4)..]);
        switch (tag.Key)
        {
            case Item:
                CountOne();
                _at += HeaderSize;
                DicomDataset item = new(level.Dataset.InternalTransferSyntax);
                level.Sequence!.Items.Add(item);
                _open.Push(new Level(item, null, EndOf(length, level), length == ElementHeader.Undefined, IsBounded(level), level.Coding));
                break;
            case SequenceDelimitation:
                _at += HeaderSize;
                if (level.IsUndefined) _open.Pop();
                break;
            case ItemDelimitation:
                _at += HeaderSize;
                break;
            // The sequence's delimiter is missing: the data set around it goes on.
            default:
                if (!level.IsUndefined || tag <= level.Sequence!.Tag) throw DicomErrors.Damaged("A sequence holds something other than items");
                _open.Pop();
                break;
        }
    }

    private void ReadElement(Level level)
    {
        DicomTag tag = level.Coding.Tag(bytes.Span[_at..]);
        if (tag.Group == 0xfffe)
        {
            ReadDelimiter(level, tag);
            return;
        }
        if (IsTop && IsPadding())
        {
            _at = level.End;
            return;
        }
        if (IsTop && option == FileReadOption.Headers && IsPixels(tag))
        {
            level.Dataset.HasPixelData = true;
            _at = level.End;
            return;
        }
        bool isWhole = ElementHeader.TryRead(bytes.Span[_at..level.End], level.Coding, level.Dataset, out ElementHeader header);
        bool isWithin = isWhole && (header.Length == ElementHeader.Undefined || header.Length <= level.End - _at - header.Size);
        if (IsTop && _sawPixels && (!isWithin || tag <= DicomTag.PixelData))
        {
            // What follows the pixels and cannot be an element is rubbish at the end of the file.
            _at = level.End;
            return;
        }
        if (!isWithin) throw Beyond(level, isWhole ? header.Size + (long)header.Length : HeaderSize);
        CountOne();
        _at += header.Size;
        ReadValue(level, header);
    }

    private void ReadDelimiter(Level level, DicomTag tag)
    {
        bool closes = !IsTop && level.IsUndefined;
        switch (tag.Key)
        {
            // The item's own delimiter is missing: what is around it goes on with this.
            case Item or SequenceDelimitation when closes:
                _open.Pop();
                break;
            case ItemDelimitation or SequenceDelimitation:
                _at += HeaderSize;
                if (closes) _open.Pop();
                break;
            default:
                if (!IsTop || !_sawPixels) throw DicomErrors.Damaged("An item is outside a sequence");
                _at = level.End;
                break;
        }
    }

    private void ReadValue(Level level, ElementHeader header)
    {
        bool isPixels = IsTop && IsPixels(header.Tag);
        _sawPixels |= isPixels && header.Tag == DicomTag.PixelData;
        if (isPixels && option == FileReadOption.SkipLargeTags) level.Dataset.HasPixelData = true;
        bool isUndefined = header.Length == ElementHeader.Undefined;
        if (isUndefined && (header.Tag == DicomTag.PixelData || header.Representation.Code is "OB" or "OW"))
            ReadFragments(level, header.Tag);
        else if (isUndefined || header.Representation.Code == "SQ")
            OpenSequence(level, header);
        else
            ReadBytes(level, header);
    }

    private void ReadBytes(Level level, ElementHeader header)
    {
        ReadOnlyMemory<byte> value = bytes.Slice(_at, (int)header.Length);
        _at += value.Length;
        bool keepsAll = option == FileReadOption.ReadAll;
        if (!keepsAll && (value.Length > LongestKept || IsTop && IsPixels(header.Tag))) return;
        int unit = header.Content.IsBigEndian ? ByteOrder.UnitOf(header.Tag, header.Representation, level.Dataset) : 1;
        if (unit > 1) value = ByteOrder.Swapped(value.Span, unit);
        else if (!keepsAll) value = value.ToArray();
        level.Dataset.AddOrUpdate(new DicomElement(header.Tag, header.Representation, value));
    }

    private void OpenSequence(Level level, ElementHeader header)
    {
        if (_open.Count / 2 >= limits.MaxDepth) throw DicomErrors.Damaged($"Its sequences are nested more than {limits.MaxDepth} deep");
        DicomSequence sequence = new(header.Tag);
        level.Dataset.AddOrUpdate(sequence);
        // UN of undefined length holds items in implicit little endian (CP-246); the header says so by its content.
        int end = EndOf(header.Length, level);
        ElementCoding content = level.Coding.IsExplicit && !header.Content.IsExplicit ? SyntaxSniffer.OfUnknown(bytes.Span[_at..end]) : header.Content;
        _open.Push(new Level(level.Dataset, sequence, end, header.Length == ElementHeader.Undefined, IsBounded(level), content));
    }

    private void ReadFragments(Level level, DicomTag tag)
    {
        ReadOnlyMemory<byte>? offsetTable = null;
        List<ReadOnlyMemory<byte>> fragments = [];
        while (level.End - _at >= HeaderSize)
        {
            DicomTag next = level.Coding.Tag(bytes.Span[_at..]);
            uint length = level.Coding.UInt32(bytes.Span[(_at + 4)..]);
            if (next.Key == SequenceDelimitation) _at += HeaderSize;
            // The delimiter is missing, at the file's end or before the next element.
            if (next.Key != Item) break;
            if (length > level.End - _at - HeaderSize) throw Beyond(level, HeaderSize + (long)length);
            CountOne();
            ReadOnlyMemory<byte> fragment = bytes.Slice(_at + HeaderSize, (int)length);
            if (offsetTable is null) offsetTable = fragment;
            else fragments.Add(fragment);
            _at += HeaderSize + (int)length;
        }
        if (option == FileReadOption.ReadAll) level.Dataset.AddOrUpdate(new DicomFragmentSequence(tag, offsetTable ?? default, fragments));
    }

    private int EndOf(uint length, Level level)
    {
        if (length == ElementHeader.Undefined) return level.End;
        return length <= level.End - _at ? _at + (int)length : throw Beyond(level, length);
    }

    /// <summary>Whether what is opened at a level ends at a place that a length gave.</summary>
    private bool IsBounded(Level level) => level.IsBounded || !level.IsUndefined && !IsTop;

    private static bool IsPixels(DicomTag tag) => tag == DicomTag.PixelData || tag == DicomTag.FloatPixelData || tag == DicomTag.DoubleFloatPixelData;

    /// <summary>Whether only zeros follow.</summary>
    private bool IsPadding()
    {
        // Looked up once: to look ahead at each of many zeros would take quadratic time.
        _paddingStart ??= bytes.Span.LastIndexOfAnyExcept((byte)0) + 1;
        return _at >= _paddingStart;
    }

    private void CountOne()
    {
        if (++_count > limits.MaxElements)
            throw new SegmentationException(ErrorCode.TooLarge, $"The DICOM object has more than {limits.MaxElements} elements and items; send a smaller one.");
    }

    /// <summary>What claims <paramref name="size"/> bytes from here has fewer.</summary>
    private SegmentationException Beyond(Level level, long size) =>
        size > bytes.Length - _at ? DicomErrors.Truncated() : DicomErrors.Damaged("A value is longer than the item that holds it");
}
