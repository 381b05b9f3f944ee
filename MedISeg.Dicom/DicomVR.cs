using System.Collections.Frozen;

namespace MedISeg.Dicom;

/// <summary>Value representation: how the bytes of an element are read. Source: PS3.5 section 6.2.</summary>
public sealed class DicomVR
{
    private static readonly FrozenDictionary<string, DicomVR> ByCode = new DicomVR[]
    {
        new("AE", text: true), new("AS", text: true), new("AT", unit: 2), new("CS", text: true), new("DA", text: true), new("DS", text: true),
        new("DT", text: true), new("FD", unit: 8), new("FL", unit: 4), new("IS", text: true), new("LO", text: true, charset: true),
        new("LT", text: true, charset: true, single: true), new("OB", unit: 1, isLong: true), new("OD", unit: 8, isLong: true),
        new("OF", unit: 4, isLong: true), new("OL", unit: 4, isLong: true), new("OV", unit: 8, isLong: true), new("OW", unit: 2, isLong: true),
        new("PN", text: true, charset: true), new("SH", text: true, charset: true), new("SL", unit: 4), new("SQ", isLong: true),
        new("SS", unit: 2), new("ST", text: true, charset: true, single: true), new("SV", unit: 8, isLong: true), new("TM", text: true),
        new("UC", text: true, charset: true, isLong: true), new("UI", text: true), new("UL", unit: 4), new("UN", unit: 1, isLong: true),
        new("UR", text: true, single: true, isLong: true), new("US", unit: 2), new("UT", text: true, charset: true, single: true, isLong: true),
        new("UV", unit: 8, isLong: true),
    }.ToFrozenDictionary(vr => vr.Code, StringComparer.Ordinal);

    private DicomVR(string code, bool text = false, bool charset = false, bool single = false, bool isLong = false, int unit = 1)
    {
        Code = code;
        IsString = text;
        UsesCharacterSet = charset;
        IsSingleText = single;
        HasLongLength = isLong;
        UnitSize = unit;
    }

    /// <summary>Two capitals.</summary>
    public string Code { get; }

    /// <summary>Whether the value is text.</summary>
    public bool IsString { get; }

    /// <summary>Whether SpecificCharacterSet governs the text; other text is ASCII.</summary>
    public bool UsesCharacterSet { get; }

    /// <summary>Whether a backslash is text and not a separator of values.</summary>
    public bool IsSingleText { get; }

    /// <summary>Whether an explicit header has a length of 32 bits.</summary>
    public bool HasLongLength { get; }

    /// <summary>Bytes that are swapped together in a big endian file; 1: none.</summary>
    public int UnitSize { get; }

    /// <summary>Byte that fills a value up to an even length.</summary>
    public byte Padding => IsString && Code != "UI" ? (byte)' ' : (byte)0;

    /// <summary>The representation of a code.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static DicomVR Parse(string code) => ByCode[code];

    /// <summary>The representation of a code; null: not in the standard.</summary>
    public static DicomVR? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <inheritdoc />
    public override string ToString() => Code;
}
