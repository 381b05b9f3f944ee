using System.Buffers.Binary;
using System.IO.Compression;
using MedISeg.Imaging.Formats;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class ParallelGzipStreamTests
{
    private const int Block = 1 << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(5 * Block + 12345)]
    public void Write_AnyLength_IsOneMemberWithItsChecksumForAnyNumberOfThreads(int length)
    {
        byte[] plain = Noise(length), one = Pack(plain, 1, length + 1);
        foreach (int threads in (int[])[2, 3]) Assert.Equal(one, Pack(plain, threads, 77_777));

        using GZipStream gzip = new(new MemoryStream(one), CompressionMode.Decompress);
        MemoryStream unpacked = new();
        gzip.CopyTo(unpacked);
        Assert.Equal(plain, unpacked.ToArray());
        Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(one.AsSpan(one.Length - 4)));

        // A raw reader stops at the final block: nothing but the trailer is left, so no second member hides behind it.
        using MemoryStream body = new(one, 10, one.Length - 18);
        using DeflateStream deflate = new(body, CompressionMode.Decompress);
        MemoryStream raw = new();
        deflate.CopyTo(raw);
        Assert.Equal(plain, raw.ToArray());
    }

    [Fact]
    public void Join_TwoBlocks_IsTheChecksumOfBoth()
    {
        byte[] plain = Noise(1234);
        foreach (int cut in (int[])[0, 1, 600, 1234])
            Assert.Equal(Checksum(plain), GzipChecksum.Join(Checksum(plain[..cut]), Checksum(plain[cut..]), plain.Length - cut));
        Assert.Equal(0xcbf43926u, GzipChecksum.Join(Checksum("1234"u8.ToArray()), Checksum("56789"u8.ToArray()), 5));
    }

    private static uint Checksum(byte[] bytes)
    {
        uint state = uint.MaxValue;
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++) state = (state & 1) != 0 ? state >> 1 ^ 0xedb88320 : state >> 1;
        }
        return ~state;
    }

    private static byte[] Pack(byte[] plain, int threads, int part)
    {
        MemoryStream packed = new();
        using (ParallelGzipStream gzip = new(packed, 2, threads))
            for (int at = 0; at < plain.Length; at += part) gzip.Write(plain.AsSpan(at, Math.Min(part, plain.Length - at)));
        return packed.ToArray();
    }

    private static byte[] Noise(int length)
    {
        Random random = new(9);
        byte[] bytes = new byte[length];
        for (int n = 0; n < length; n++) bytes[n] = (byte)(random.Next(31) + (n >> 14));
        return bytes;
    }
}
