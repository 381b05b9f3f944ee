using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using NetVips;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class RasterTests
{
    private static readonly ImageLimits Limits = new();

    private static readonly VolumeGeometry Plane = VolumeGeometry.AxisAligned(new GridSize(1, 3, 5), new SpacingMm(1, 1, 1));

    [Fact]
    public void WriteLabelsThenRead_EightBit_KeepsEveryValue()
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 8, 32), new SpacingMm(1, 1, 1));
        byte[] labels = [.. Enumerable.Range(0, 256).Select(n => (byte)n)];
        using MemoryStream stream = new();
        RasterWriter.WriteLabels(stream, new LabelMap(geometry, labels));
        stream.Position = 0;
        LabelMap read = ImageReader.ReadLabels(stream, Limits);
        Assert.Equal(labels, read.Bytes.ToArray());
        Assert.Equal(geometry.Grid, read.Geometry.Grid);
    }

    [Fact]
    public void WriteLabelsThenRead_SixteenBit_KeepsEveryValue()
    {
        ushort[] labels = [0, 1, 255, 256, 257, 1000, 32767, 32768, 65534, 65535, 3, 4, 5, 6, 7];
        using MemoryStream stream = new();
        RasterWriter.WriteLabels(stream, new LabelMap(Plane, labels));
        stream.Position = 0;
        Assert.Equal(labels, ImageReader.ReadLabels(stream, Limits).Words.ToArray());
        Assert.Equal(16, stream.ToArray()[24]);
    }

    [Fact]
    public void WriteLabels_Twice_GivesTheSameBytes()
    {
        LabelMap labels = new(Plane, new byte[] { 1, 0, 2, 0, 0, 0, 7, 0, 0, 1, 1, 1, 1, 1, 2 });
        using MemoryStream first = new(), second = new();
        RasterWriter.WriteLabels(first, labels);
        RasterWriter.WriteLabels(second, labels);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void WriteLabels_TwoPlanes_Throws() =>
        Assert.Throws<ArgumentException>(() => RasterWriter.WriteLabels(
            Stream.Null, LabelMap.Empty(VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(1, 1, 1)), 1)));

    [Fact]
    public void WriteImageThenRead_ColoursOfBothWidths_KeepChannelsAndPlaces()
    {
        byte[][] bytes = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, 15).Select(n => (byte)(c * 80 + n)).ToArray())];
        ushort[][] words = [.. bytes.Select(channel => channel.Select(v => (ushort)(v * 257)).ToArray())];
        foreach (Array[] channels in new Array[][] { bytes, words })
        {
            using MemoryStream stream = new();
            RasterWriter.WriteImage(stream, new Volume(Plane, channels));
            stream.Position = 0;
            ImageFile file = ImageReader.Read(stream, Limits);
            Assert.Equal(ImageFormat.Png, file.Format);
            Assert.Equal(3, file.Volume.Channels);
            for (int c = 0; c < 3; c++) Assert.Equal(channels[c], file.Volume.Stored(c));
        }
    }

    [Fact]
    public void Read_GreyOfBothWidths_KeepsTheTypeAndHasOneMillimetreSpacing()
    {
        foreach (Array channel in new Array[] { Enumerable.Range(0, 15).Select(n => (byte)n).ToArray(),
            Enumerable.Range(0, 15).Select(n => (ushort)(n * 4000)).ToArray() })
        {
            using MemoryStream stream = new();
            RasterWriter.WriteImage(stream, new Volume(Plane, [channel]));
            stream.Position = 0;
            Volume read = ImageReader.Read(stream, Limits).Volume;
            Assert.Equal(channel, read.Stored(0));
            Assert.Equal(Affine.Identity, read.Geometry.IndexToPatient);
            Assert.True(read.IsPlanar);
        }
    }

    [Fact]
    public void Read_Alpha_IsDropped()
    {
        foreach (int bands in new[] { 2, 4 })
        {
            byte[] samples = [.. Enumerable.Range(0, 15 * bands).Select(n => (byte)(n * 3 + 1))];
            Volume read = ReadBack(samples, bands, Enums.BandFormat.Uchar, image => image.PngsaveBuffer());
            Assert.Equal(bands - 1, read.Channels);
            for (int c = 0; c < bands - 1; c++)
                for (int n = 0; n < 15; n++)
                    Assert.Equal(samples[n * bands + c], read.Voxels<byte>(c)[n]);
        }
    }

    [Fact]
    public void Read_Palette_BecomesColours()
    {
        byte[] samples = [.. Enumerable.Range(0, 15).SelectMany(n => n % 2 == 0 ? new byte[] { 255, 0, 0 } : [0, 0, 255])];
        using Image image = Named(samples, 3, Enums.BandFormat.Uchar);
        byte[] file = image.PngsaveBuffer(palette: true, dither: 0);
        Assert.Equal(3, file[25]);
        Volume read = ImageReader.Read(new MemoryStream(file), Limits).Volume;
        Assert.Equal(3, read.Channels);
        for (int n = 0; n < 15; n++)
        {
            Assert.Equal(samples[3 * n], read.Voxels<byte>(0)[n]);
            Assert.Equal(samples[3 * n + 2], read.Voxels<byte>(2)[n]);
        }
    }

    [Fact]
    public void Read_Jpeg_IsCloseToThePicture()
    {
        byte[] samples = [.. Enumerable.Range(0, 15).Select(n => (byte)(60 + 8 * n))];
        Volume read = ReadBack(samples, 1, Enums.BandFormat.Uchar, image => image.JpegsaveBuffer(q: 98), ImageFormat.Jpeg);
        Assert.Equal(1, read.Channels);
        for (int n = 0; n < 15; n++) Assert.InRange(Math.Abs(samples[n] - read.Voxels<byte>(0)[n]), 0, 4);
    }

    [Fact]
    public void Read_CmykJpeg_IsRefusedWithTheFix()
    {
        using Image image = Named(new byte[60], 4, Enums.BandFormat.Uchar);
        using Image cmyk = image.Copy(interpretation: Enums.Interpretation.Cmyk);
        Refusal.Is(ErrorCode.UnreadableImage, "RGB", () => ImageReader.Read(new MemoryStream(cmyk.JpegsaveBuffer()), Limits));
    }

    [Fact]
    public void Read_TiffOfEveryType_KeepsTheValues()
    {
        AssertTiff(Enums.BandFormat.Uchar, n => (byte)(n * 17));
        AssertTiff(Enums.BandFormat.Ushort, n => (ushort)(n * 4369));
        AssertTiff(Enums.BandFormat.Short, n => (short)(n * 4000 - 30000));
        AssertTiff(Enums.BandFormat.Int, n => n * 100_000_000 - 700_000_000);
        AssertTiff(Enums.BandFormat.Float, n => n * -0.37f);

        static void AssertTiff<T>(Enums.BandFormat format, Func<int, T> value) where T : unmanaged
        {
            T[] samples = [.. Enumerable.Range(0, 15).Select(value)];
            using Image image = Image.NewFromMemory(samples, 5, 3, 1, format);
            ImageFile read = ImageReader.Read(new MemoryStream(image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate)),
                Limits);
            Assert.Equal(ImageFormat.Tiff, read.Format);
            Assert.Equal(samples, read.Volume.Stored(0));
        }
    }

    [Fact]
    public void Read_TiffOfUnsigned32Bit_IsWidened()
    {
        uint[] samples = [.. Enumerable.Range(0, 15).Select(n => uint.MaxValue - (uint)n * 200_000_001)];
        using Image image = Image.NewFromMemory(samples, 5, 3, 1, Enums.BandFormat.Uint);
        Volume read = ImageReader.Read(new MemoryStream(image.TiffsaveBuffer()), Limits).Volume;
        Assert.Equal(samples.Select(v => (double)v), (double[])read.Stored(0));
    }

    [Fact]
    public void Read_TiffOf64BitSamples_IsRefused()
    {
        using Image image = Image.NewFromMemory(new double[15], 5, 3, 1, Enums.BandFormat.Double);
        Refusal.Is(ErrorCode.UnreadableImage,
            "a kind that is not read", () => ImageReader.Read(new MemoryStream(image.TiffsaveBuffer()), Limits));
    }

    [Fact]
    public void Read_TiffPages_BecomePlanes()
    {
        ushort[] samples = [.. Enumerable.Range(0, 30).Select(n => (ushort)(n * 1000))];
        using Image image = Image.NewFromMemory(samples, 5, 6, 1, Enums.BandFormat.Ushort);
        Volume read = ImageReader.Read(new MemoryStream(image.TiffsaveBuffer(pageHeight: 3)), Limits).Volume;
        Assert.Equal(new GridSize(2, 3, 5), read.Geometry.Grid);
        Assert.Equal(samples, read.Stored(0));
        Refusal.Is(ErrorCode.TooLarge,
            "5x3x2", () => ImageReader.Read(new MemoryStream(image.TiffsaveBuffer(pageHeight: 3)), new ImageLimits { MaxVoxels = 29 }));
    }

    [Fact]
    public void Read_TiffWithNaN_IsRefusedWithTheCount()
    {
        float[] samples = new float[15];
        (samples[3], samples[14]) = (float.NaN, float.PositiveInfinity);
        using Image image = Image.NewFromMemory(samples, 5, 3, 1, Enums.BandFormat.Float);
        Refusal.Is(ErrorCode.InvalidVoxels, "2 of 15", () => ImageReader.Read(new MemoryStream(image.TiffsaveBuffer()), Limits));
    }

    [Fact]
    public void Read_PngThatClaimsAHugePicture_IsTooLargeBeforeDecoding()
    {
        byte[] file = Png();
        // IHDR: width and height at bytes 16 and 20, then its checksum.
        ((byte[])[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]).CopyTo(file, 16);
        uint crc = Crc32(file.AsSpan(12, 17));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(29), crc);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Is(ErrorCode.TooLarge, "50000x50000", () => ImageReader.Read(new MemoryStream(file), Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Tiff)]
    public void Read_CutAtAnyLength_IsRefused(ImageFormat format)
    {
        byte[] file = Noise(format);
        // The very last bytes are an end mark; a picture without it may still be whole.
        for (int length = 8; length < file.Length - 12; length += 1 + length / 16)
        {
            SegmentationException refusal = Assert.Throws<SegmentationException>(() =>
                ImageReader.Read(new MemoryStream(file[..length]), Limits));
            Assert.Contains(refusal.Code, new[] { ErrorCode.TruncatedImage, ErrorCode.UnreadableImage });
        }
        ErrorCode half = Assert.Throws<SegmentationException>(() =>
            ImageReader.Read(new MemoryStream(file[..(file.Length / 2)]), Limits)).Code;
        Assert.Equal(format == ImageFormat.Tiff ? ErrorCode.UnreadableImage : ErrorCode.TruncatedImage, half);
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Tiff)]
    public void Read_BytesChanged_IsReadOrRefusedAndTakesLittleMemory(ImageFormat format)
    {
        byte[] file = Noise(format);
        Random random = new(20220902);
        for (int round = 0; round < 400; round++)
        {
            byte[] changed = [.. file];
            int at = round < 200 ? Math.Min(round, file.Length - 1) : random.Next(file.Length);
            changed[at] ^= (byte)(1 + random.Next(255));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.True(ImageReader.Read(new MemoryStream(changed), new ImageLimits { MaxVoxels = 1 << 16 }).Volume.Channels >= 1);
            }
            catch (SegmentationException e)
            {
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20, $"byte {at}");
        }
    }

    [Fact]
    public void Read_DamagedPixelsOfPng_AreRefused()
    {
        byte[] file = Noise(ImageFormat.Png);
        file[file.Length / 2] ^= 0x10;
        Refusal.Is(ErrorCode.UnreadableImage, "PNG", () => ImageReader.Read(new MemoryStream(file), Limits));
    }

    [Fact]
    public void EnsurePrepared_OtherDecodersAndTheCache_AreOff()
    {
        Vips.EnsurePrepared();
        using Image image = Image.NewFromMemory(new byte[15], 5, 3, 1, Enums.BandFormat.Uchar);
        byte[] gif = image.GifsaveBuffer();
        Assert.Throws<VipsException>(() => Image.NewFromBuffer(gif));
        Assert.Equal(5, Image.NewFromBuffer(image.PngsaveBuffer()).Width);
        Assert.Equal(0, Cache.Max);
    }

    internal static byte[] Png()
    {
        using MemoryStream stream = new();
        RasterWriter.WriteImage(stream, new Volume(Plane, [new byte[15]]));
        return stream.ToArray();
    }

    private static byte[] Noise(ImageFormat format)
    {
        Vips.EnsurePrepared();
        byte[] samples = new byte[64 * 48];
        new Random(7).NextBytes(samples);
        using Image image = Image.NewFromMemory(samples, 64, 48, 1, Enums.BandFormat.Uchar);
        return format switch
        {
            ImageFormat.Png => image.PngsaveBuffer(),
            ImageFormat.Jpeg => image.JpegsaveBuffer(),
            _ => image.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate),
        };
    }

    private static Image Named(byte[] samples, int bands, Enums.BandFormat format)
    {
        using Image image = Image.NewFromMemory(samples, 5, 3, bands, format);
        return image.Copy(interpretation: bands < 3 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    private static Volume ReadBack(byte[] samples, int bands, Enums.BandFormat format, Func<Image, byte[]> save,
        ImageFormat wanted = ImageFormat.Png)
    {
        using Image image = Named(samples, bands, format);
        ImageFile file = ImageReader.Read(new MemoryStream(save(image)), Limits);
        Assert.Equal(wanted, file.Format);
        Assert.Equal(new GridSize(1, 3, 5), file.Volume.Geometry.Grid);
        return file.Volume;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }
        return ~crc;
    }
}
