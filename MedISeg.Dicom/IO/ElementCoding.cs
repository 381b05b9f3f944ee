using System.Buffers.Binary;

namespace MedISeg.Dicom.IO;

/// <summary>How the elements of a data set are laid out in bytes.</summary>
/// <param name="IsExplicit">Whether an element carries its value representation.</param>
/// <param name="IsBigEndian">Whether numbers have their highest byte first.</param>
internal readonly record struct ElementCoding(bool IsExplicit, bool IsBigEndian)
{
    /// <summary>Explicit VR little endian; file meta information always is.</summary>
    public static ElementCoding Explicit => new(true, false);

    /// <summary>Implicit VR little endian; the content of UN always is (CP-246).</summary>
    public static ElementCoding Implicit => new(false, false);

    /// <summary>The coding of a transfer syntax.</summary>
    public static ElementCoding Of(DicomTransferSyntax syntax) => new(syntax.IsExplicitVR, syntax.IsBigEndian);

    /// <summary>The 16-bit number that the bytes begin with.</summary>
    public ushort UInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>The 32-bit number that the bytes begin with.</summary>
    public uint UInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>The tag that the bytes begin with.</summary>
    public DicomTag Tag(ReadOnlySpan<byte> bytes) => new(UInt16(bytes), UInt16(bytes[2..]));

    /// <summary>Writes a 16-bit number.</summary>
    public void Write(Span<byte> bytes, ushort value)
    {
        if (IsBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
    }

    /// <summary>Writes a 32-bit number.</summary>
    public void Write(Span<byte> bytes, uint value)
    {
        if (IsBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
    }

    /// <summary>Writes a tag.</summary>
    public void Write(Span<byte> bytes, DicomTag tag)
    {
        Write(bytes, tag.Group);
        Write(bytes[2..], tag.Element);
    }
}
