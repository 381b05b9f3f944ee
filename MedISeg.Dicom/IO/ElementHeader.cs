namespace MedISeg.Dicom.IO;

/// <summary>Tag, representation and length of an element, as they stand before its value.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="Representation">As the file says, or as the dictionary does where the file does not.</param>
/// <param name="Length">Claimed bytes of the value; <see cref="Undefined"/>: up to a delimiter.</param>
/// <param name="Size">Bytes of the header itself.</param>
/// <param name="Content">How elements within the value are laid out, and its numbers.</param>
internal readonly record struct ElementHeader(DicomTag Tag, DicomVR Representation, uint Length, int Size, ElementCoding Content)
{
    /// <summary>The length that says: up to a delimiter.</summary>
    public const uint Undefined = uint.MaxValue;

    private const int ShortSize = 8;
    private const int LongSize = 12;

    private static readonly DicomVR Unknown = DicomVR.Parse("UN");

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">From the header to the end of what holds the element; at least 8 bytes.</param>
    /// <param name="coding">How the data set is laid out.</param>
    /// <param name="dataset">The data set that the element is in, with what was read of it so far.</param>
    /// <param name="header">The header.</param>
    /// <returns>false: the bytes end within the header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, ElementCoding coding, DicomDataset dataset, out ElementHeader header)
    {
        DicomTag tag = coding.Tag(bytes);
        if (!coding.IsExplicit)
        {
            header = new(tag, ImplicitRepresentation.Of(tag, dataset), coding.UInt32(bytes[4..]), ShortSize, coding);
            return true;
        }
        if (DicomVR.Find(Code(bytes[4..])) is { } known)
        {
            header = new(tag, known, known.HasLongLength ? 0u : coding.UInt16(bytes[6..]), ShortSize, coding);
            if (!known.HasLongLength) return true;
            if (bytes.Length < LongSize) return false;
            header = header with { Length = coding.UInt32(bytes[8..]), Size = LongSize };
            // What UN holds is implicit little endian, and so is a value that was too long for its own header (CP-246, CP-1066).
            if (known == Unknown)
                header = header with { Content = ElementCoding.Implicit, Representation = ImplicitRepresentation.Of(tag, dataset) };
            return true;
        }
        return TryReadOdd(bytes, tag, coding, dataset, out header);
    }

    /// <summary>Reads a header whose two bytes of representation are none that we know.</summary>
    private static bool TryReadOdd(ReadOnlySpan<byte> bytes, DicomTag tag, ElementCoding coding, DicomDataset dataset, out ElementHeader header)
    {
        (byte first, byte second) = (bytes[4], bytes[5]);
        if (char.IsAsciiLetterUpper((char)first) && char.IsAsciiLetterUpper((char)second))
        {
            // A representation of a later edition has a length of 32 bits. Source: PS3.5 section 7.1.2.
            bool whole = bytes.Length >= LongSize;
            header = new(tag, Unknown, whole ? coding.UInt32(bytes[8..]) : 0, LongSize, ElementCoding.Implicit);
            return whole;
        }
        DicomVR vr = ImplicitRepresentation.Of(tag, dataset);
        bool blank = (first, second) is ((byte)'?', (byte)'?') or ((byte)' ', (byte)' ') or (0, 0);
        // Two zeros may be the low half of an implicit length: of nothing, or of a value that comes in whole 64 KiB.
        if ((first, second) is (0, 0) && (vr.HasLongLength || coding.UInt16(bytes[6..]) == 0)) blank = false;
        header = blank
            ? new(tag, vr, coding.UInt16(bytes[6..]), ShortSize, coding)
            : new(tag, vr, coding.UInt32(bytes[4..]), ShortSize, coding);
        return true;
    }

    /// <summary>The two bytes as characters.</summary>
    internal static string Code(ReadOnlySpan<byte> bytes) => string.Create(2, (bytes[0], bytes[1]), static (text, pair) =>
    {
        text[0] = (char)pair.Item1;
        text[1] = (char)pair.Item2;
    });
}
