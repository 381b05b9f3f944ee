using System.Collections.Frozen;
using System.Globalization;

namespace MedISeg.Dicom;

/// <summary>The standard's data dictionary: value representation and keyword of a tag. Source: PS3.6, in <c>dictionary.tsv</c>.</summary>
public static class DicomDictionary
{
    private static readonly FrozenDictionary<uint, Entry> Entries;
    private static readonly Repeating[] Repeaters;

    static DicomDictionary()
    {
        Dictionary<uint, Entry> entries = [];
        List<Repeating> repeaters = [];
        using StreamReader reader = new(typeof(DicomDictionary).Assembly.GetManifestResourceStream("dictionary.tsv")!);
        while (reader.ReadLine() is { } line)
        {
            string[] fields = line.Split('\t');
            Entry entry = new(fields[1], fields[2]);
            if (!fields[0].Contains('x', StringComparison.Ordinal))
                entries[uint.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = entry;
            else
                repeaters.Add(new Repeating(Pattern(fields[0], 'f', '0'), Pattern(fields[0], null, '0'), entry));
        }
        Entries = entries.ToFrozenDictionary();
        Repeaters = [.. repeaters];
    }

    /// <summary>Value representation as the dictionary spells it: a code, or a choice such as <c>US or SS</c>, or <c>UN</c> where the tag
    /// is not known. Group lengths are UL, private creators LO.</summary>
    public static string RepresentationOf(DicomTag tag)
    {
        if (tag.Element == 0) return "UL";
        if (tag.IsPrivate) return tag.Element is >= 0x10 and <= 0xff ? "LO" : "UN";
        return Find(tag)?.Representation ?? "UN";
    }

    /// <summary>Keyword, e.g. <c>Rows</c>; empty where the tag is not known.</summary>
    public static string KeywordOf(DicomTag tag) => Find(tag)?.Keyword ?? "";

    /// <summary>The tag of a keyword; null where there is none.</summary>
    public static DicomTag? TagOf(string keyword)
    {
        foreach (KeyValuePair<uint, Entry> entry in Entries)
            if (entry.Value.Keyword == keyword) return new DicomTag(entry.Key);
        return null;
    }

    private static Entry? Find(DicomTag tag)
    {
        if (Entries.TryGetValue(tag.Key, out Entry? entry)) return entry;
        foreach (Repeating repeater in Repeaters)
            if ((tag.Key & repeater.Mask) == repeater.Value) return repeater.Entry;
        return null;
    }

    /// <summary>The hexadecimal digits with x replaced by 0 and, for a mask, every other digit by f.</summary>
    private static uint Pattern(string digits, char? known, char unknown) =>
        uint.Parse(string.Concat(digits.Select(digit => digit == 'x' ? unknown : known ?? digit)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed record Entry(string Representation, string Keyword);

    private sealed record Repeating(uint Mask, uint Value, Entry Entry);
}
