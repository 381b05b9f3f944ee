using System.Buffers.Binary;
using System.Text;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;

namespace MedISeg.Tests.Dicom.IO;

/// <summary>Builds files byte by byte, right ones and wrong ones, without the writer under test.</summary>
internal sealed class DicomBytes
{
    public const uint Undefined = 0xffffffff;

    private readonly List<byte> _bytes = [];

    public bool IsBigEndian { get; init; }

    public byte[] ToArray() => [.. _bytes];

    public DicomFile Open(FileReadOption option = FileReadOption.ReadAll, DicomReadLimits? limits = null) => DicomFile.Open(ToArray(), option, limits);

    public DicomBytes Preamble() => Raw(new byte[128]).Raw("DICM"u8);

    /// <summary>Preamble and file meta information that says a transfer syntax.</summary>
    public DicomBytes Meta(DicomTransferSyntax syntax)
    {
        DicomBytes meta = new DicomBytes().Explicit(0x00020010, "UI", syntax.Uid);
        return Preamble().Explicit(0x00020000, "UL", BitConverter.GetBytes((uint)meta._bytes.Count)).Raw(meta.ToArray());
    }

    public DicomBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public DicomBytes Hex(string hex) => Raw(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

    public DicomBytes UInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (IsBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public DicomBytes UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (IsBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public DicomBytes Tag(uint tag) => UInt16((ushort)(tag >> 16)).UInt16((ushort)tag);

    public DicomBytes Explicit(uint tag, string vr, string text) =>
        Explicit(tag, vr, Encoding.Latin1.GetBytes(text.Length % 2 == 0 ? text : text + (vr == "UI" ? "\0" : " ")));

    public DicomBytes Explicit(uint tag, string vr, byte[] value) => ExplicitHeader(tag, vr, (uint)value.Length).Raw(value);

    /// <summary>Header with the length of 32 bits where the standard wants one, or where <paramref name="vr"/> is not of the standard.</summary>
    public DicomBytes ExplicitHeader(uint tag, string vr, uint length)
    {
        Tag(tag).Raw(Encoding.Latin1.GetBytes(vr));
        return DicomVR.Find(vr) is { HasLongLength: false } ? UInt16((ushort)length) : UInt16(0).UInt32(length);
    }

    public DicomBytes Implicit(uint tag, string text) => Implicit(tag, Encoding.Latin1.GetBytes(text.Length % 2 == 0 ? text : text + " "));

    public DicomBytes Implicit(uint tag, byte[] value) => Tag(tag).UInt32((uint)value.Length).Raw(value);

    public DicomBytes Item(uint length = Undefined) => Tag(0xfffee000).UInt32(length);

    public DicomBytes ItemEnd() => Tag(0xfffee00d).UInt32(0);

    public DicomBytes SequenceEnd() => Tag(0xfffee0dd).UInt32(0);
}
