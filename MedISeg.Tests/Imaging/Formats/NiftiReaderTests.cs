using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Imaging.Formats;

public sealed class NiftiReaderTests
{
    private static readonly ImageLimits Limits = new();

    public static TheoryData<short, int, bool, int> IntegerTypes()
    {
        TheoryData<short, int, bool, int> data = [];
        foreach ((short code, int size, bool negative) in new (short, int, bool)[]
            { (2, 1, false), (256, 1, true), (4, 2, true), (512, 2, false), (8, 4, true), (768, 4, false), (1024, 8, true),
                (1280, 8, false) })
            foreach (int version in new[] { 1, 2 })
                data.Add(code, size, negative, version);
        return data;
    }

    [Theory]
    [MemberData(nameof(IntegerTypes))]
    public void Read_EveryIntegerTypeInBothByteOrders_GivesTheValues(short code, int size, bool negative, int version)
    {
        // The ends of the type's range, as far as a double is exact.
        long most = size == 8 ? (1L << 53) - 1 : (1L << (size * 8 - (negative ? 1 : 0))) - 1;
        long least = !negative ? 0 : size == 8 ? -most : -most - 1;
        long[] values = [least, 1, most, 0, 77, most - 1];
        foreach (bool bigEndian in new[] { false, true })
        {
            HandMadeNifti file = new() { BigEndian = bigEndian, Version = version, Datatype = code, Bitpix = (short)(8 * size),
                Dim = [3, 3, 1, 2, 1, 1, 1, 1] };
            file.Voxels = file.Ints(size, values);
            Volume volume = NiftiReader.Read(file.ToStream(), Limits);
            Assert.Equal(new GridSize(2, 1, 3), volume.Geometry.Grid);
            Assert.Equal(values, Stored(volume, 0).Select(v => (long)v));
        }
    }

    [Theory]
    [InlineData(16, 4, 1)]
    [InlineData(16, 4, 2)]
    [InlineData(64, 8, 1)]
    [InlineData(64, 8, 2)]
    public void Read_FloatsInBothByteOrders_GivesTheValues(short code, int size, int version)
    {
        double[] values = [-1.5, 0, 1e-30, 3e38, -3e38, 0.25];
        foreach (bool bigEndian in new[] { false, true })
        {
            HandMadeNifti file = new() { BigEndian = bigEndian, Version = version, Datatype = code, Dim = [3, 3, 1, 2, 1, 1, 1, 1] };
            file.Voxels = file.Floats(size, values);
            Volume volume = NiftiReader.Read(file.ToStream(), Limits);
            Assert.Equal(size == 4 ? typeof(float) : typeof(double), volume.VoxelType);
            Assert.Equal(values.Select(v => size == 4 ? (float)v : v), Stored(volume, 0));
        }
    }

    [Theory]
    [InlineData(2, typeof(byte))]
    [InlineData(256, typeof(short))]
    [InlineData(512, typeof(ushort))]
    [InlineData(768, typeof(double))]
    [InlineData(1024, typeof(double))]
    public void Read_IntegerType_IsStoredAsTheSmallestTypeThatHoldsIt(short code, Type stored)
    {
        HandMadeNifti file = new() { Datatype = code, Voxels = new byte[30 * 8] };
        Assert.Equal(stored, NiftiReader.Read(file.ToStream(), Limits).VoxelType);
    }

    [Fact]
    public void Read_WholeNumberTooWideForADouble_IsRefused()
    {
        HandMadeNifti file = new() { Datatype = 1024, Dim = [3, 2, 1, 1, 1, 1, 1, 1] };
        file.Voxels = file.Ints(8, 1, (1L << 53) + 1);
        Refusal.Is(ErrorCode.InvalidVoxels, "2^53", () => NiftiReader.Read(file.ToStream(), Limits));
    }

    [Fact]
    public void Read_MoreVoxelsThanOneChunk_SwapsAndKeepsEveryOne()
    {
        HandMadeNifti file = new() { BigEndian = true, Datatype = 4, Dim = [3, 131, 127, 3, 1, 1, 1, 1] };
        long[] values = new long[131 * 127 * 3];
        for (int n = 0; n < values.Length; n++) values[n] = (short)(n * 7919);
        file.Voxels = file.Ints(2, values);
        Volume plain = NiftiReader.Read(file.ToStream(), Limits), packed = NiftiReader.Read(file.ToGzip(), Limits);
        Assert.Equal(values, Stored(plain, 0).Select(v => (long)v));
        Assert.True(plain.Voxels<short>(0).SequenceEqual(packed.Voxels<short>(0)));
    }

    [Theory]
    [InlineData(0.5, -3, 0.5, -3)]
    [InlineData(0, 7, 1, 0)]
    [InlineData(double.NaN, 7, 1, 0)]
    [InlineData(1, 7, 1, 7)]
    [InlineData(-2, 0, -2, 0)]
    public void Read_SlopeAndIntercept_AreKeptAndZeroOrNaNMeansNone(double slope, double intercept, double wantedSlope,
        double wantedIntercept)
    {
        HandMadeNifti file = new() { Slope = slope, Intercept = intercept };
        Volume volume = NiftiReader.Read(file.ToStream(), Limits);
        Assert.Equal(wantedSlope, volume.Slope);
        Assert.Equal(wantedIntercept, volume.Intercept);
        Assert.Equal((float)(29 * wantedSlope + wantedIntercept), volume.ToFloats(0)[29]);
    }

    [Fact]
    public void Read_InterceptNotFinite_IsRefused() =>
        Refusal.Is(ErrorCode.InvalidVoxels,
            "scl_inter", () => NiftiReader.Read(new HandMadeNifti { Slope = 1, Intercept = double.NaN }.ToStream(), Limits));

    [Theory]
    [InlineData(128, 3)]
    [InlineData(2304, 4)]
    public void Read_ColourType_MakesChannels(short code, int channels)
    {
        HandMadeNifti file = new() { Datatype = code, Slope = 2, Intercept = 1,
            Voxels = Enumerable.Range(0, 30 * channels).Select(n => (byte)(n * 3)).ToArray() };
        Volume volume = NiftiReader.Read(file.ToStream(), Limits);
        Assert.Equal(channels, volume.Channels);
        Assert.Equal(1, volume.Slope);
        for (int c = 0; c < channels; c++)
            for (int n = 0; n < 30; n++)
                Assert.Equal((byte)((n * channels + c) * 3), volume.Voxels<byte>(c)[n]);
    }

    [Theory]
    [InlineData(new long[] { 4, 5, 3, 2, 4, 1, 1, 1 }, 4)]
    [InlineData(new long[] { 5, 5, 3, 2, 1, 3, 1, 1 }, 3)]
    [InlineData(new long[] { 5, 5, 3, 2, 2, 3, 1, 1 }, 6)]
    [InlineData(new long[] { 7, 5, 3, 2, 1, 1, 1, 1 }, 1)]
    public void Read_FourOrFiveDimensions_BecomeChannelsInFileOrder(long[] dim, int channels)
    {
        HandMadeNifti file = new() { Dim = dim, Voxels = Enumerable.Range(0, 30 * channels).Select(n => (byte)n).ToArray() };
        Volume volume = NiftiReader.Read(file.ToStream(), Limits);
        Assert.Equal(channels, volume.Channels);
        for (int c = 0; c < channels; c++) Assert.Equal(c * 30 + 17, volume.Voxels<byte>(c)[17]);
    }

    [Fact]
    public void Read_UnusedDimensionsLeftAtZero_CountAsOne()
    {
        HandMadeNifti file = new() { Dim = [2, 5, 6, 0, 0, 0, 0, 0], Pixdim = [1, 2, 3, 0, 0, 0, 0, 0] };
        Volume volume = NiftiReader.Read(file.ToStream(), Limits);
        Assert.True(volume.IsPlanar);
        Assert.Equal(new GridSize(1, 6, 5), volume.Geometry.Grid);
        Assert.Equal(1, volume.Geometry.Spacing.K);
        Assert.Equal(3, volume.Geometry.Spacing.J);
    }

    [Fact]
    public void Read_Extensions_AreSkipped()
    {
        byte[] extension = new byte[4 + 32];
        extension[0] = 1;
        Volume volume = NiftiReader.Read(new HandMadeNifti { Between = extension }.ToStream(), Limits);
        Assert.Equal(0, volume.Voxels<byte>(0)[0]);
        Assert.Equal(29, volume.Voxels<byte>(0)[29]);
        Assert.Equal(29, NiftiReader.Read(new HandMadeNifti { Between = extension }.ToGzip(), Limits).Voxels<byte>(0)[29]);
    }

    [Fact]
    public void Read_OffsetZero_MeansBehindTheHeader()
    {
        Assert.Equal(29, NiftiReader.Read(new HandMadeNifti { Offset = 0 }.ToStream(), Limits).Voxels<byte>(0)[29]);
        Assert.Equal(29, NiftiReader.Read(new HandMadeNifti { Offset = 0, Version = 2 }.ToStream(), Limits).Voxels<byte>(0)[29]);
    }

    [Fact]
    public void Read_SeveralGzipMembersAndZerosBehind_GivesTheWholeImage()
    {
        byte[] file = new HandMadeNifti().ToBytes();
        byte[] packed = [.. HandMadeNifti.Gzip(file.AsSpan(0, 100)), .. HandMadeNifti.Gzip(file.AsSpan(100, 260)),
            .. HandMadeNifti.Gzip(file.AsSpan(360)), .. new byte[512]];
        Volume volume = NiftiReader.Read(new MemoryStream(packed), Limits);
        for (int n = 0; n < 30; n++) Assert.Equal(n, volume.Voxels<byte>(0)[n]);
    }

    [Fact]
    public void Read_StreamNotAtItsStart_ReadsFromThere()
    {
        byte[] bytes = [9, 9, 9, .. new HandMadeNifti().ToBytes()];
        MemoryStream stream = new(bytes) { Position = 3 };
        Assert.Equal(29, NiftiReader.Read(stream, Limits).Voxels<byte>(0)[29]);
    }

    [Fact]
    public void ReadLabels_BytesAndWordsAndFloats_GiveTheLabels()
    {
        Assert.Equal(29, NiftiReader.ReadLabels(new HandMadeNifti().ToStream(), Limits)[1, 2, 4]);

        HandMadeNifti words = new() { Datatype = 1024, Dim = [3, 2, 1, 1, 1, 1, 1, 1] };
        words.Voxels = words.Ints(8, 3, 700);
        LabelMap wide = NiftiReader.ReadLabels(words.ToStream(), Limits);
        Assert.True(wide.IsWide);
        Assert.Equal(new ushort[] { 3, 700 }, wide.Words.ToArray());

        HandMadeNifti floats = new() { Datatype = 16, Dim = [3, 2, 1, 1, 1, 1, 1, 1], Slope = 0.5 };
        floats.Voxels = floats.Floats(4, 2, 8);
        LabelMap halved = NiftiReader.ReadLabels(floats.ToStream(), Limits);
        Assert.False(halved.IsWide);
        Assert.Equal(new byte[] { 1, 4 }, halved.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(65536)]
    public void ReadLabels_OtherThanLabels_IsRefused(double value)
    {
        HandMadeNifti file = new() { Datatype = 16, Dim = [3, 2, 1, 1, 1, 1, 1, 1] };
        file.Voxels = file.Floats(4, 1, value);
        Refusal.Is(ErrorCode.InvalidVoxels, "whole numbers", () => NiftiReader.ReadLabels(file.ToStream(), Limits));
    }

    [Fact]
    public void ReadLabels_TwoChannels_IsRefused() =>
        Refusal.Is(ErrorCode.ChannelMismatch, "2",
            () => NiftiReader.ReadLabels(new HandMadeNifti { Dim = [4, 5, 3, 1, 2, 1, 1, 1] }.ToStream(), Limits));

    private static IEnumerable<double> Stored(Volume volume, int channel) => volume.Stored(channel).Cast<object>().Select(Convert.ToDouble);
}
