using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>A NIfTI file put together byte by byte from the format's definition, with nothing of the product.</summary>
internal sealed class HandMadeNifti
{
    public bool BigEndian { get; set; }
    public int Version { get; set; } = 1;
    public long[] Dim { get; set; } = [3, 5, 3, 2, 1, 1, 1, 1];
    public short Datatype { get; set; } = 2;
    public short Bitpix { get; set; } = 8;
    public double[] Pixdim { get; set; } = [1, 1, 1, 1, 1, 1, 1, 1];
    public double Slope { get; set; }
    public double Intercept { get; set; }
    public int Units { get; set; } = 2;
    public short QformCode { get; set; }
    public short SformCode { get; set; }
    public double[] Quaternion { get; set; } = [0, 0, 0];
    public double[] QuaternionOffset { get; set; } = [0, 0, 0];
    public double[] Rows { get; set; } = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
    public string Magic { get; set; } = "n+1\0";
    public double? Offset { get; set; }
    public byte[] Between { get; set; } = [0, 0, 0, 0];
    public byte[] Voxels { get; set; } = Enumerable.Range(0, 30).Select(n => (byte)n).ToArray();

    public byte[] ToBytes()
    {
        byte[] header = new byte[Version == 1 ? 348 : 540];
        double offset = Offset ?? header.Length + Between.Length;
        if (Version == 1)
        {
            Int(header, 0, 4, 348);
            for (int n = 0; n < 8; n++) Int(header, 40 + 2 * n, 2, Dim[n]);
            Int(header, 70, 2, Datatype);
            Int(header, 72, 2, Bitpix);
            for (int n = 0; n < 8; n++) Float(header, 76 + 4 * n, 4, Pixdim[n]);
            Float(header, 108, 4, offset);
            Float(header, 112, 4, Slope);
            Float(header, 116, 4, Intercept);
            header[123] = (byte)Units;
            Int(header, 252, 2, QformCode);
            Int(header, 254, 2, SformCode);
            for (int n = 0; n < 3; n++) Float(header, 256 + 4 * n, 4, Quaternion[n]);
            for (int n = 0; n < 3; n++) Float(header, 268 + 4 * n, 4, QuaternionOffset[n]);
            for (int n = 0; n < 12; n++) Float(header, 280 + 4 * n, 4, Rows[n]);
            Encoding.Latin1.GetBytes(Magic).CopyTo(header, 344);
        }
        else
        {
            Int(header, 0, 4, 540);
            ((byte[])[0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a]).CopyTo(header, 4);
            Int(header, 12, 2, Datatype);
            Int(header, 14, 2, Bitpix);
            for (int n = 0; n < 8; n++) Int(header, 16 + 8 * n, 8, Dim[n]);
            for (int n = 0; n < 8; n++) Float(header, 104 + 8 * n, 8, Pixdim[n]);
            Int(header, 168, 8, (long)offset);
            Float(header, 176, 8, Slope);
            Float(header, 184, 8, Intercept);
            Int(header, 344, 4, QformCode);
            Int(header, 348, 4, SformCode);
            for (int n = 0; n < 3; n++) Float(header, 352 + 8 * n, 8, Quaternion[n]);
            for (int n = 0; n < 3; n++) Float(header, 376 + 8 * n, 8, QuaternionOffset[n]);
            for (int n = 0; n < 12; n++) Float(header, 400 + 8 * n, 8, Rows[n]);
            Int(header, 500, 4, Units);
        }
        return [.. header, .. Between, .. Voxels];
    }

    public MemoryStream ToStream() => new(ToBytes());

    public MemoryStream ToGzip() => new(Gzip(ToBytes()));

    public static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Whole numbers in the file's byte order.</summary>
    public byte[] Ints(int size, params long[] values)
    {
        byte[] bytes = new byte[size * values.Length];
        for (int n = 0; n < values.Length; n++) Int(bytes, n * size, size, values[n]);
        return bytes;
    }

    /// <summary>Floats in the file's byte order.</summary>
    public byte[] Floats(int size, params double[] values)
    {
        byte[] bytes = new byte[size * values.Length];
        for (int n = 0; n < values.Length; n++) Float(bytes, n * size, size, values[n]);
        return bytes;
    }

    private void Int(byte[] target, int at, int size, long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        for (int n = 0; n < size; n++) target[at + n] = eight[BigEndian ? size - 1 - n : n];
    }

    private void Float(byte[] target, int at, int size, double value) =>
        Int(target, at, size, size == 4 ? BitConverter.SingleToInt32Bits((float)value) : BitConverter.DoubleToInt64Bits(value));
}
