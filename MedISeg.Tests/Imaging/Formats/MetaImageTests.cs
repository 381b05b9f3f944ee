using System.Text;
using CsCheck;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class MetaImageTests
{
    private static readonly ImageLimits Limits = new();

    private const string Header = "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = False\n"
        + "TransformMatrix = 0 1 0 0 0 1 1 0 0\nOffset = -10 20.5 30\nCenterOfRotation = 0 0 0\nAnatomicalOrientation = RAI\n"
        + "ElementSpacing = 0.5 0.7 2.5\nDimSize = 5 3 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n";

    private static readonly byte[] Thirty = [.. Enumerable.Range(0, 30).Select(n => (byte)n)];

    [Fact]
    public void Read_TransformMatrix_HasAnAxisARow()
    {
        Volume volume = MetaImageReader.Read(HandMadeText.File(Header, Thirty), Limits);
        Assert.Equal(new GridSize(2, 3, 5), volume.Geometry.Grid);
        // i runs along y, j along z, k along x.
        NrrdTests.AssertAt(volume, (4, 2, 1), new Vector3D(-10 + 2.5, 20.5 + 4 * 0.5, 30 + 2 * 0.7));
        Assert.Equal(Thirty, volume.Voxels<byte>(0).ToArray());
    }

    [Theory]
    [InlineData("MET_CHAR", 1, -128, 127)]
    [InlineData("MET_UCHAR", 1, 0, 255)]
    [InlineData("MET_SHORT", 2, -32768, 32767)]
    [InlineData("MET_USHORT", 2, 0, 65535)]
    [InlineData("MET_INT", 4, int.MinValue, int.MaxValue)]
    [InlineData("MET_ULONG", 4, 0, uint.MaxValue)]
    [InlineData("MET_LONG_LONG", 8, -(1L << 52), 1L << 52)]
    [InlineData("MET_ULONG_LONG", 8, 0, 1L << 52)]
    [InlineData("MET_FLOAT", 0, -3, 7)]
    [InlineData("MET_DOUBLE", 0, -3, 7)]
    public void Read_EveryTypeOfEitherOrderAndPacking_KeepsItsValues(string type, int size, long low, long high)
    {
        foreach (bool big in new[] { false, true })
            foreach (Func<byte[], byte[]>? pack in (Func<byte[], byte[]>?[])[null, HandMadeText.Zlib, bytes => HandMadeNifti.Gzip(bytes)])
            {
                byte[] bytes = size > 0 ? HandMadeText.Ints(size, big, low, high, 1) : HandMadeText.Floats(type == "MET_FLOAT" ? 4 : 8, big, low, high, 1);
                string header = $"NDims = 2\r\nDimSize = 3 1\r\nElementType = {type}\r\nElementByteOrderMSB = {big}\r\nCompressedData = {pack is not null}\r\nElementDataFile = LOCAL\r\n";
                Volume volume = MetaImageReader.Read(HandMadeText.File(header, pack?.Invoke(bytes) ?? bytes), Limits);
                Assert.Equal([low, high, 1], volume.ToFloats(0).Select(v => (double)v), (a, b) => Math.Abs(a - b) <= 1e-6 * Math.Abs(a));
            }
    }

    [Fact]
    public void Read_ChannelsAndFourthAxis_AreChannels()
    {
        byte[] bytes = [.. Enumerable.Range(0, 180).Select(n => (byte)n)];
        string header = "NDims = 4\nDimSize = 5 3 2 2\nElementNumberOfChannels = 3\nElementSpacing = 0.5 0.7 2.5 9\nOffset = 1 2 3 4\n"
            + "TransformMatrix = 1 0 0 0 0 -1 0 0 0 0 1 0 0 0 0 1\nDistanceUnits = cm\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n";
        Volume volume = MetaImageReader.Read(HandMadeText.File(header, bytes), Limits);
        Assert.Equal(6, volume.Channels);
        for (int c = 0; c < 6; c++)
            for (int n = 0; n < 30; n++) Assert.Equal(90 * (c / 3) + 3 * n + c % 3, volume.Voxels<byte>(c)[n]);
        NrrdTests.AssertAt(volume, (4, 2, 1), new Vector3D(10 + 4 * 5, 20 - 2 * 7, 30 + 25));
    }

    [Fact]
    public void Write_LabelMap_IsTheFileThatTheFormatDefines()
    {
        VolumeGeometry geometry = new(new GridSize(2, 3, 5), new Affine(new(0, 0.5, 0), new(0, 0, 0.7), new(2.5, 0, 0), new(-10, 20.5, 30)));
        MemoryStream plain = new(), packed = new();
        MetaImageWriter.Write(plain, new LabelMap(geometry, Thirty), packed: false);
        Assert.Equal([.. Encoding.ASCII.GetBytes(Header), .. Thirty], plain.ToArray());

        MetaImageWriter.Write(packed, new LabelMap(geometry, Thirty), packed: true);
        byte[] bytes = packed.ToArray();
        int start = bytes.AsSpan().IndexOf("LOCAL\n"u8) + 6;
        Assert.Contains($"CompressedDataSize = {bytes.Length - start:D15}\n", Encoding.ASCII.GetString(bytes[..start]), StringComparison.Ordinal);
        packed.Position = 0;
        Assert.Equal(Thirty, ImageReader.ReadLabels(packed, Limits).Bytes.ToArray());
    }

    [Theory]
    [InlineData("ObjectType = Image", "ObjectType = Tube", ErrorCode.UnreadableImage, "no image")]
    [InlineData("NDims = 3", "NDims = 7", ErrorCode.UnreadableImage, "NDims")]
    [InlineData("NDims = 3\n", "", ErrorCode.UnreadableImage, "NDims")]
    [InlineData("DimSize = 5 3 2", "DimSize = 5 3", ErrorCode.UnreadableImage, "DimSize")]
    [InlineData("DimSize = 5 3 2", "DimSize = 5 0 2", ErrorCode.UnreadableImage, "DimSize")]
    [InlineData("DimSize = 5 3 2", "DimSize = 5000 5000 5000", ErrorCode.TooLarge, "5000x5000x5000")]
    [InlineData("DimSize = 5 3 2", "DimSize = 500 500 500", ErrorCode.TruncatedImage, "ends before")]
    [InlineData("DimSize = 5 3 2", "DimSize = 5 3 2\nElementNumberOfChannels = 9223372036854775807", ErrorCode.TooLarge, "at most")]
    [InlineData("MET_UCHAR", "MET_OTHER", ErrorCode.UnreadableImage, "voxel type")]
    [InlineData("LOCAL", "other.raw", ErrorCode.UnreadableImage, ".mhd")]
    [InlineData("BinaryData = True", "BinaryData = False", ErrorCode.UnreadableImage, "text")]
    [InlineData("CompressedData = False", "CompressedData = True", ErrorCode.UnreadableImage, "damaged")]
    [InlineData("CompressedData = False", "CompressedData = False\nHeaderSize = -2", ErrorCode.UnreadableImage, "HeaderSize")]
    [InlineData("CompressedData = False", "ElementToIntensityFunctionSlope = 2", ErrorCode.UnreadableImage, "ElementToIntensityFunction")]
    [InlineData("CompressedData = False", "NDims = 3", ErrorCode.UnreadableImage, "twice")]
    [InlineData("CompressedData = False", "no field", ErrorCode.UnreadableImage, "no field")]
    [InlineData("0 1 0 0 0 1 1 0 0", "0 1 0 0 1 0 1 0 0", ErrorCode.InvalidGeometry, "singular")]
    [InlineData("0 1 0 0 0 1 1 0 0", "0 1 0", ErrorCode.InvalidGeometry, "9 numbers")]
    [InlineData("ElementSpacing = 0.5", "ElementSpacing = 0", ErrorCode.InvalidGeometry, "spacing")]
    [InlineData("Offset = -10", "Offset = nan", ErrorCode.InvalidGeometry, "finite")]
    public void Read_HostileHeader_IsRefusedWithWhatToDo(string old, string replacement, ErrorCode code, string mentions)
    {
        string header = Header.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Header, header);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Is(code, mentions, () => MetaImageReader.Read(HandMadeText.File(header, Thirty), Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_CutAtEveryLength_IsRefused()
    {
        byte[] whole = HandMadeText.File(Header, Thirty).ToArray();
        for (int length = 14; length < whole.Length; length++)
            Assert.Equal(ErrorCode.TruncatedImage, Assert.Throws<SegmentationException>(() => ImageReader.Read(new MemoryStream(whole[..length]), Limits)).Code);
    }

    [Fact]
    public void Read_BytesChangedAtRandom_IsReadOrRefusedWithLittleMemory()
    {
        byte[] whole = HandMadeText.File(Header, Thirty).ToArray();
        Gen.Select(Gen.Int[14, whole.Length - 1], Gen.Byte, Gen.Int[14, whole.Length - 1], Gen.Byte).Check(3000, (first, a, second, b) =>
        {
            byte[] changed = [.. whole];
            (changed[first], changed[second]) = (a, b);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.True(ImageReader.Read(new MemoryStream(changed), Limits).Volume.Channels >= 1);
            }
            catch (SegmentationException e)
            {
                Assert.NotEmpty(e.Message);
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        });
    }
}
