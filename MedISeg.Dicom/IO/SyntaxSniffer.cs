namespace MedISeg.Dicom.IO;

/// <summary>Tells from the first element how a data set is laid out.</summary>
internal static class SyntaxSniffer
{
    private const int HeaderSize = 8;

    /// <summary>The layout that the first element has.</summary>
    /// <param name="bytes">The data set.</param>
    /// <param name="declared">What the file says; kept where the element does not speak against it.</param>
    public static ElementCoding Correct(ReadOnlySpan<byte> bytes, ElementCoding declared)
    {
        if (bytes.Length < HeaderSize) return declared;
        bool isExplicit = DicomVR.Find(ElementHeader.Code(bytes[4..])) is not null;
        if (isExplicit) return new ElementCoding(true, IsBigEndian(bytes, declared));
        // An unknown representation of two capitals is still one.
        if (declared.IsExplicit && char.IsAsciiLetterUpper((char)bytes[4]) && char.IsAsciiLetterUpper((char)bytes[5])) return declared;
        return IsElement(bytes, ElementCoding.Implicit) ? ElementCoding.Implicit : declared;
    }

    /// <summary>How the items of an UN value are laid out: implicit, as the standard has it, or explicit, as some writers leave them.</summary>
    /// <param name="value">From the first item to the end, or further.</param>
    public static ElementCoding OfUnknown(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 * HeaderSize) return ElementCoding.Implicit;
        ReadOnlySpan<byte> first = value[HeaderSize..];
        string code = ElementHeader.Code(first[4..]);
        if (DicomVR.Find(code) is null) return ElementCoding.Implicit;
        // The two letters may be half of a length: of one that fits, unless they are just what the dictionary says.
        bool isExpected = DicomDictionary.RepresentationOf(ElementCoding.Explicit.Tag(first)).Contains(code, StringComparison.Ordinal);
        return isExpected || ElementCoding.Implicit.UInt32(first[4..]) > first.Length - HeaderSize ? ElementCoding.Explicit : ElementCoding.Implicit;
    }

    /// <summary>Whether bytes without any mark of DICOM begin with an element of the standard.</summary>
    public static bool IsElement(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize) return false;
        return DicomVR.Find(ElementHeader.Code(bytes[4..])) is null
            ? IsElement(bytes, ElementCoding.Implicit)
            : IsStandard(ElementCoding.Explicit.Tag(bytes)) || IsStandard(new ElementCoding(true, true).Tag(bytes));
    }

    /// <summary>Whether the bytes begin with an explicit little endian element of the standard.</summary>
    public static bool IsExplicitElement(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && DicomVR.Find(ElementHeader.Code(bytes[4..])) is not null && IsStandard(ElementCoding.Explicit.Tag(bytes));

    private static bool IsElement(ReadOnlySpan<byte> bytes, ElementCoding implicitCoding)
    {
        DicomTag tag = implicitCoding.Tag(bytes);
        uint length = implicitCoding.UInt32(bytes[4..]);
        if (tag.Element == 0) return tag.Group <= 0x0020 && length == 4;
        return IsStandard(tag) && (length <= bytes.Length - HeaderSize || length == ElementHeader.Undefined);
    }

    /// <summary>Data sets begin with low groups: 0x0008 little endian, which read the other way round would be 0x0800.</summary>
    private static bool IsBigEndian(ReadOnlySpan<byte> bytes, ElementCoding declared) => (bytes[0], bytes[1]) switch
    {
        (0, not 0) => true,
        (not 0, 0) => false,
        _ => declared.IsBigEndian,
    };

    private static bool IsStandard(DicomTag tag) => tag.Group <= 0x0040 && (tag.Element == 0 || DicomDictionary.KeywordOf(tag).Length > 0);
}
