using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MedISeg.Tests.Imaging.Formats;

/// <summary>Files with a text header, written by hand from the formats' definitions.</summary>
internal static class HandMadeText
{
    /// <summary>A header and bytes behind it.</summary>
    public static MemoryStream File(string header, byte[] voxels) => new([.. Encoding.Latin1.GetBytes(header), .. voxels]);

    /// <summary>Whole numbers of 1, 2, 4 or 8 bytes.</summary>
    public static byte[] Ints(int size, bool bigEndian, params long[] values) => [.. values.SelectMany(value =>
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Ordered(bytes[..size], bigEndian);
    })];

    /// <summary>Single or double precision.</summary>
    public static byte[] Floats(int size, bool bigEndian, params double[] values) => [.. values.SelectMany(value =>
        Ordered(size == 4 ? BitConverter.GetBytes((float)value) : BitConverter.GetBytes(value), bigEndian))];

    public static byte[] Zlib(byte[] plain)
    {
        MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(plain);
        return packed.ToArray();
    }

    private static byte[] Ordered(byte[] bytes, bool bigEndian)
    {
        if (bigEndian) Array.Reverse(bytes);
        return bytes;
    }
}
