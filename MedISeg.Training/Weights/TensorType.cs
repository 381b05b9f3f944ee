using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace MedISeg.Training.Weights;

/// <summary>Number types of weights files, little endian.</summary>
/// <param name="Size">Bytes of a number.</param>
/// <param name="Read">Reads one number.</param>
internal sealed record TensorType(int Size, TensorType.Reader Read)
{
    private static readonly TensorType Float32 = new(4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes));
    private static readonly TensorType Float64 = new(8, bytes => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes));
    private static readonly TensorType Float16 = new(2, bytes => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes));
    private static readonly TensorType BFloat16 = new(2, bytes => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16));
    private static readonly TensorType Int64 = new(8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes));
    private static readonly TensorType Int32 = new(4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes));
    private static readonly TensorType Int16 = new(2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes));
    private static readonly TensorType Int8 = new(1, bytes => (sbyte)bytes[0]);
    private static readonly TensorType UInt8 = new(1, bytes => bytes[0]);

    /// <summary>PyTorch's storage classes.</summary>
    public static FrozenDictionary<string, TensorType> OfStorage { get; } = new Dictionary<string, TensorType>
    {
        ["FloatStorage"] = Float32, ["DoubleStorage"] = Float64, ["HalfStorage"] = Float16, ["BFloat16Storage"] = BFloat16, ["LongStorage"] = Int64,
        ["IntStorage"] = Int32, ["ShortStorage"] = Int16, ["CharStorage"] = Int8, ["ByteStorage"] = UInt8, ["BoolStorage"] = UInt8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The codes of safetensors.</summary>
    public static FrozenDictionary<string, TensorType> OfCode { get; } = new Dictionary<string, TensorType>
    {
        ["F32"] = Float32, ["F64"] = Float64, ["F16"] = Float16, ["BF16"] = BFloat16, ["I64"] = Int64, ["I32"] = Int32, ["I16"] = Int16, ["I8"] = Int8,
        ["U8"] = UInt8, ["BOOL"] = UInt8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a number from its first bytes.</summary>
    public delegate float Reader(ReadOnlySpan<byte> bytes);

    /// <summary>The next numbers of a stream.</summary>
    /// <param name="stream">Borrowed; holds as many.</param>
    /// <param name="count">At most what an array holds.</param>
    public float[] ReadAll(Stream stream, long count)
    {
        if (ReferenceEquals(this, Float32) && BitConverter.IsLittleEndian)
        {
            float[] values = new float[count];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        byte[] bytes = new byte[count * Size];
        stream.ReadExactly(bytes);
        return ReadAll(bytes);
    }

    /// <summary>Numbers that lie side by side.</summary>
    /// <param name="bytes">As many as the numbers need.</param>
    public float[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        float[] values = new float[bytes.Length / Size];
        if (ReferenceEquals(this, Float32) && BitConverter.IsLittleEndian)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        for (int n = 0; n < values.Length; n++) values[n] = Read(bytes[(n * Size)..]);
        return values;
    }
}
