using System.Buffers.Binary;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads numbers of either byte order at byte offsets.</summary>
internal readonly ref struct HeaderBytes(ReadOnlySpan<byte> bytes, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public bool BigEndian { get; } = bigEndian;

    public short Int16(int at) =>
        BigEndian ? BinaryPrimitives.ReadInt16BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt16LittleEndian(_bytes[at..]);

    public int Int32(int at) =>
        BigEndian ? BinaryPrimitives.ReadInt32BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    public long Int64(int at) =>
        BigEndian ? BinaryPrimitives.ReadInt64BigEndian(_bytes[at..]) : BinaryPrimitives.ReadInt64LittleEndian(_bytes[at..]);

    public double Single(int at) => BitConverter.Int32BitsToSingle(Int32(at));

    public double Double(int at) => BitConverter.Int64BitsToDouble(Int64(at));

    public byte Byte(int at) => _bytes[at];

    public ReadOnlySpan<byte> Slice(int at, int length) => _bytes.Slice(at, length);
}
