using System.IO.Compression;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Formats;

[Trait("Category", "Kernel")]
public sealed class NiftiDamageTests
{
    private static readonly ImageLimits Limits = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_HeaderClaims5000CubedOverTenBytes_IsTooLargeWithoutAllocating(bool gzip)
    {
        HandMadeNifti file = new() { Dim = [3, 5000, 5000, 5000, 1, 1, 1, 1], Voxels = new byte[10] };
        using MemoryStream stream = gzip ? file.ToGzip() : file.ToStream();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Is(ErrorCode.TooLarge, "5000x5000x5000", () => ImageReader.Read(stream, Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_HeaderClaimsWithinTheLimitOverTenBytes_IsTruncatedWithoutAllocating(bool gzip)
    {
        HandMadeNifti file = new() { Dim = [3, 1000, 1000, 1000, 1, 1, 1, 1], Voxels = new byte[10] };
        using MemoryStream stream = gzip ? file.ToGzip() : file.ToStream();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Is(ErrorCode.TruncatedImage, "ends before", () => NiftiReader.Read(stream, Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(new long[] { 3, long.MaxValue, long.MaxValue, long.MaxValue, 1, 1, 1, 1 })]
    [InlineData(new long[] { 5, 1, 1, 1, 1L << 62, 1L << 62, 1, 1 })]
    [InlineData(new long[] { 4, 1, 1, 1, 5000, 1, 1, 1 })]
    public void Read_SidesWhoseProductOverflowsOrTooManyChannels_IsTooLarge(long[] dim) =>
        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(
            () => NiftiReader.Read(new HandMadeNifti { Version = 2, Dim = dim }.ToStream(), Limits)).Code);

    [Fact]
    public void Read_VoxelsAtAndAboveTheLimit_AreReadAndRefused()
    {
        Assert.Equal(30, NiftiReader.Read(new HandMadeNifti().ToStream(), new ImageLimits { MaxVoxels = 30 }).Geometry.Grid.VoxelCount);
        Refusal.Is(ErrorCode.TooLarge,
            "at most 29", () => NiftiReader.Read(new HandMadeNifti().ToStream(), new ImageLimits { MaxVoxels = 29 }));
        // int8 is stored as short.
        HandMadeNifti signedBytes = new() { Datatype = 256 };
        Assert.Equal(1, NiftiReader.Read(signedBytes.ToStream(), new ImageLimits { MaxDecodedBytes = 60 }).Channels);
        Refusal.Is(ErrorCode.TooLarge,
            "at most 29", () => NiftiReader.Read(signedBytes.ToStream(), new ImageLimits { MaxDecodedBytes = 59 }));
    }

    [Theory]
    [InlineData(16, 4)]
    [InlineData(64, 8)]
    public void Read_NaNAndInfiniteVoxels_AreCounted(short code, int size)
    {
        double[] values = new double[30];
        (values[0], values[13], values[29]) = (double.NaN, double.PositiveInfinity, double.NegativeInfinity);
        HandMadeNifti file = new() { Datatype = code };
        file.Voxels = file.Floats(size, values);
        Refusal.Is(ErrorCode.InvalidVoxels, "3 of 30", () => NiftiReader.Read(file.ToStream(), Limits));
        Refusal.Is(ErrorCode.InvalidVoxels, "3 of 30", () => NiftiReader.Read(file.ToGzip(), Limits));
    }

    [Theory]
    [InlineData(16, 4, 1e30, 1e9)]
    [InlineData(64, 8, 1e300, 1)]
    [InlineData(4, 2, 30000, 1e36)]
    public void Read_OverflowAfterTheSlope_IsCounted(short code, int size, double value, double slope)
    {
        HandMadeNifti file = new() { Datatype = code, Dim = [3, 3, 1, 1, 1, 1, 1, 1], Slope = slope };
        file.Voxels = code == 4 ? file.Ints(size, 1, (long)value, 2) : file.Floats(size, 1, value, 2);
        Refusal.Is(ErrorCode.InvalidVoxels, "1 of 3", () => NiftiReader.Read(file.ToStream(), Limits));
    }

    [Fact]
    public void CountNotFinite_AnyLengthAndPlace_EqualsTheObviousCount()
    {
        for (int length = 0; length <= 67; length++)
            for (int place = 0; place < length; place++)
            {
                float[] values = new float[length];
                values[place] = float.NaN;
                values[length - 1 - place] = float.NegativeInfinity;
                Assert.Equal(values.LongCount(v => !float.IsFinite(v)), VoxelCheck.CountNotFinite(values));
            }
        Assert.Equal(0, VoxelCheck.CountNotFinite([float.MaxValue, float.MinValue, float.Epsilon]));
    }

    [Theory]
    [InlineData(32, "complex")]
    [InlineData(1792, "complex")]
    [InlineData(2048, "complex")]
    [InlineData(1536, "float32")]
    [InlineData(1, "uint8")]
    [InlineData(0, "unknown")]
    [InlineData(77, "77")]
    public void Read_TypeThatIsNotRead_SaysWhatToDo(short code, string mentions) =>
        Refusal.Is(ErrorCode.UnreadableImage, mentions, () => NiftiReader.Read(new HandMadeNifti { Datatype = code }.ToStream(), Limits));

    [Fact]
    public void Read_OtherKindsOfHeader_SayWhatToDo()
    {
        Refusal.Is(ErrorCode.UnreadableImage, ".img", () => NiftiReader.Read(new HandMadeNifti { Magic = "ni1\0" }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage,
            "Analyze", () => NiftiReader.Read(new HandMadeNifti { Magic = "\0\0\0\0" }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage, "vox_offset", () => NiftiReader.Read(new HandMadeNifti { Offset = 17 }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage,
            "vox_offset", () => NiftiReader.Read(new HandMadeNifti { Offset = double.NaN }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage,
            "Dimension 6", () => NiftiReader.Read(new HandMadeNifti { Dim = [6, 1, 1, 1, 1, 1, 2, 1] }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage,
            "Dimension 2", () => NiftiReader.Read(new HandMadeNifti { Dim = [3, 5, 0, 2, 1, 1, 1, 1] }.ToStream(), Limits));
        Refusal.Is(ErrorCode.UnreadableImage,
            "8 dimensions", () => NiftiReader.Read(new HandMadeNifti { Dim = [8, 5, 3, 2, 1, 1, 1, 1] }.ToStream(), Limits));
    }

    [Fact]
    public void Read_CutAtEveryLength_IsRefusedAsCut()
    {
        byte[] plain = new HandMadeNifti().ToBytes(), packed = HandMadeNifti.Gzip(plain);
        for (int length = 4; length < plain.Length; length++)
            Assert.Equal(ErrorCode.TruncatedImage, CodeOf(plain[..length]));
        for (int length = 0; length < 4; length++)
            Assert.Equal(ErrorCode.UnreadableImage, CodeOf(plain[..length]));
        // The last bytes of gzip hold the end mark, the checksum and the length: the voxels are whole without them.
        for (int length = packed.Length / 2; length < packed.Length - 12; length++)
            Assert.Equal(ErrorCode.TruncatedImage, CodeOf(packed[..length]));
        // Where not even the first four bytes come out, nothing says that it is an image.
        for (int length = 0; length < packed.Length / 2; length++)
            Assert.Contains(CodeOf(packed[..length]), new[] { ErrorCode.TruncatedImage, ErrorCode.UnreadableImage });
        for (int length = packed.Length - 8; length < packed.Length; length++)
            Assert.Equal(29, NiftiReader.Read(new MemoryStream(packed[..length]), Limits).Voxels<byte>(0)[29]);
    }

    [Fact]
    public void Read_AnyByteOfGzipChanged_IsRefusedOrTheSameImage()
    {
        byte[] packed = HandMadeNifti.Gzip(new HandMadeNifti().ToBytes());
        int refused = 0;
        for (int at = 0; at < packed.Length; at++)
        {
            byte[] damaged = [.. packed];
            damaged[at] ^= 0x55;
            try
            {
                Volume volume = NiftiReader.Read(new MemoryStream(damaged), Limits);
                for (int n = 0; n < 30; n++) Assert.Equal(n, volume.Voxels<byte>(0)[n]);
            }
            catch (SegmentationException e)
            {
                Assert.Contains(e.Code, new[] { ErrorCode.UnreadableImage, ErrorCode.TruncatedImage });
                refused++;
            }
        }
        // All but the few bytes of the gzip header that say nothing about the data (time, level, system).
        Assert.InRange(refused, packed.Length - 8, packed.Length);
    }

    [Fact]
    public void Read_ChecksumOfGzipWrong_IsDamagedNotCut()
    {
        byte[] packed = HandMadeNifti.Gzip(new HandMadeNifti().ToBytes());
        packed[^6] ^= 1;
        Refusal.Is(ErrorCode.UnreadableImage, "damaged", () => NiftiReader.Read(new MemoryStream(packed), Limits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_EveryHeaderByteChanged_IsReadOrRefusedAndTakesLittleMemory(int version)
    {
        foreach (bool gzip in new[] { false, true })
        {
            byte[] bytes = new HandMadeNifti { Version = version, SformCode = 1, QformCode = 1, Slope = 1 }.ToBytes();
            int header = bytes.Length - 30;
            for (int at = 0; at < header; at++)
                foreach (byte flip in new byte[] { 0x01, 0x7f, 0x80, 0xff })
                {
                    byte[] changed = [.. bytes];
                    changed[at] ^= flip;
                    using MemoryStream stream = new(gzip ? HandMadeNifti.Gzip(changed) : changed);
                    AssertReadOrRefused(stream, $"byte {at} ^ {flip}");
                }
        }
    }

    [Fact]
    public void Read_RandomBytesBehindAValidStart_IsReadOrRefused()
    {
        Random random = new(20220901);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = new HandMadeNifti { Version = 1 + round % 2, BigEndian = round % 3 == 0 }.ToBytes();
            for (int n = 0; n < 1 + round % 9; n++)
            {
                int at = random.Next(12, bytes.Length - 34);
                if (at is < 344 or >= 348) bytes[at] = (byte)random.Next(256);
            }
            AssertReadOrRefused(new MemoryStream(bytes), $"round {round}");
        }
    }

    [Fact]
    public void Read_GzipThatInflatesWithoutEnd_StopsEarly()
    {
        // 64 MiB of zeros behind a good image: nobody wants them.
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new HandMadeNifti().ToBytes());
            for (int n = 0; n < 64; n++) gzip.Write(new byte[1 << 20]);
        }
        packed.Position = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(29, NiftiReader.Read(packed, Limits).Voxels<byte>(0)[29]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_SeveralMembersOrGarbageBehindThem_IsTheImage(bool garbage)
    {
        byte[] plain = new HandMadeNifti().ToBytes();
        byte[] packed = [.. HandMadeNifti.Gzip(plain.AsSpan(0, 200)), .. HandMadeNifti.Gzip(plain.AsSpan(200))];
        if (garbage) packed = [.. packed, .. "what a tape left behind"u8];
        Assert.Equal(29, NiftiReader.Read(new MemoryStream(packed), Limits).Voxels<byte>(0)[29]);
    }

    private static void AssertReadOrRefused(MemoryStream stream, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Assert.True(NiftiReader.Read(stream, Limits).Channels >= 1);
        }
        catch (SegmentationException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message), what);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20, what);
    }

    private static ErrorCode CodeOf(byte[] file) =>
        Assert.Throws<SegmentationException>(() => NiftiReader.Read(new MemoryStream(file), Limits)).Code;
}
