using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesVoxelTests : IDisposable
{
    private readonly SliceFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Read_SharedRescale_KeepsStoredValuesWithSlopeAndIntercept()
    {
        foreach (DicomDataset slice in SliceHeaders.Stack(4, 0, 2))
            _files.Add(Rescaled(slice, 0.5, -1024), Plane(slice));

        Volume volume = _files.Read();

        Assert.Equal(typeof(short), volume.VoxelType);
        Assert.Equal((0.5, -1024), (volume.Slope, volume.Intercept));
        // Instance 2 lies lowest, then 3, then 1.
        Assert.Equal([.. Plane(2), .. Plane(3), .. Plane(1)], volume.Voxels<short>(0).ToArray());
        Assert.Equal(0.5f * 2003 - 1024, volume.ToFloats(0)[3]);
    }

    [Fact]
    public void Read_SlopeOfEachSlice_GivesRealValuesRoundedOnce()
    {
        double[] slopes = [0.00006911235598, 0.3333333, 7];
        DicomDataset[] slices = SliceHeaders.Stack(0, 2, 4);
        for (int n = 0; n < 3; n++) _files.Add(Rescaled(slices[n], slopes[n], n), Plane(slices[n]));

        Volume volume = _files.Read();

        Assert.Equal(typeof(float), volume.VoxelType);
        Assert.Equal((1, 0), (volume.Slope, volume.Intercept));
        float[] expected = [.. Enumerable.Range(0, 45).Select(n => (float)(Plane(n / 15 + 1)[n % 15] * slopes[n / 15] + n / 15))];
        Assert.Equal(expected, volume.ToFloats(0));
    }

    [Fact]
    public void Read_NoRescale_IsIdentity()
    {
        foreach (DicomDataset slice in SliceHeaders.Stack(0, 2)) _files.Add(slice, Plane(slice));

        Volume volume = _files.Read();

        Assert.Equal((1, 0), (volume.Slope, volume.Intercept));
    }

    [Theory]
    [InlineData(8, 0, "Byte")]
    [InlineData(8, 1, "Int16")]
    [InlineData(12, 0, "Int16")]
    [InlineData(12, 1, "Int16")]
    [InlineData(16, 0, "UInt16")]
    [InlineData(16, 1, "Int16")]
    public void Read_AnyDepth_TakesTheSmallestTypeWithRightSigns(int stored, int representation, string type)
    {
        DicomDataset slice = SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.BitsStored, (ushort)stored).AddOrUpdate(DicomTag.HighBit, (ushort)(stored - 1))
            .AddOrUpdate(DicomTag.PixelRepresentation, (ushort)representation);
        // All bits of the value, and overlay bits above it that must not count.
        int top = (1 << stored) - 1, overlay = stored < 16 ? 1 << 15 : 0;
        ushort[] samples = [(ushort)(top | overlay), (ushort)(1 << stored - 1), (ushort)(top >> 1), 0, 1, .. new ushort[10]];

        Volume volume = _files.Add(slice, samples).Read();

        Assert.Equal(type, volume.VoxelType.Name);
        float[] expected = representation == 1 ? [-1, -(1 << stored - 1), top >> 1, 0, 1] : [top, 1 << stored - 1, top >> 1, 0, 1];
        Assert.Equal(expected, volume.ToFloats(0)[..5]);
    }

    [Fact]
    public void Read_SignedAndUnsignedSlices_TakeATypeForBoth()
    {
        DicomDataset[] slices = SliceHeaders.Stack(0, 2);
        slices[1].AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);

        Volume volume = _files.Add(slices[0], Plane(-3)).Add(slices[1], [ushort.MaxValue, .. new ushort[14]]).Read();

        Assert.Equal(typeof(int), volume.VoxelType);
        Assert.Equal((-3000, 65535), (volume.Voxels<int>(0)[0], volume.Voxels<int>(0)[15]));
    }

    [Fact]
    public void Read_UnsignedOfThirtyTwoBits_IsExactUpToThirtyOne()
    {
        DicomDataset slice = Bits(SliceHeaders.At(1, 0), 32, 32).AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0);

        Assert.Equal([int.MaxValue, 5, 0], _files.Add<uint>(slice, [int.MaxValue, 5, .. new uint[13]]).Read().Voxels<int>(0)[..3].ToArray());

        using SliceFiles beyond = new();
        Assert.Equal(ErrorCode.UnreadableImage, beyond.Add<uint>(slice, [1u << 31, .. new uint[14]]).Refusal().Code);
    }

    [Theory]
    [InlineData("DX", 0, 250)]
    [InlineData("CT", 0, 5)]
    public void Read_Monochrome1_IsInvertedUnlessMeasured(string modality, int at, int expected)
    {
        DicomDataset slice = Bits(SliceHeaders.At(1, 0), 8, 8).AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0).AddOrUpdate(DicomTag.Modality, modality)
            .AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME1");

        Assert.Equal(expected, _files.Add(slice, [(byte)5, .. new byte[14]]).Read().Voxels<byte>(0)[at]);
    }

    [Fact]
    public void Read_ModalityTable_IsLookedUpAndClamped()
    {
        DicomDataset slice = SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.ModalityLUTSequence, new DicomDataset()
            .AddOrUpdate(DicomVR.Parse("SS"), DicomTag.LUTDescriptor, 3, -1, 12).AddOrUpdate(DicomVR.Parse("US"), DicomTag.LUTData, 100, 4000, 7));

        Volume volume = _files.Add<short>(slice, [-1, 0, 1, -500, 500, .. new short[10]]).Read();

        Assert.Equal([100, 4000, 7, 100, 7], volume.ToFloats(0)[..5]);
        Assert.Equal(typeof(short), volume.VoxelType);
    }

    [Theory]
    [InlineData("RGB", 200, 100, 50, 200, 100, 50)]
    [InlineData("YBR_FULL", 76, 85, 255, 254, 0, 0)]
    [InlineData("YBR_FULL", 128, 128, 128, 128, 128, 128)]
    public void Read_Colours_AreThreeChannels(string photometric, byte a, byte b, byte c, byte red, byte green, byte blue)
    {
        DicomDataset slice = Bits(SliceHeaders.At(1, 0), 8, 8).AddOrUpdate(DicomTag.PixelRepresentation, (ushort)0).AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)3)
            .AddOrUpdate(DicomTag.PhotometricInterpretation, photometric).AddOrUpdate(DicomTag.PlanarConfiguration, (ushort)0);
        byte[] samples = [.. Enumerable.Range(0, 15).SelectMany(n => n == 4 ? new byte[] { a, b, c } : photometric == "RGB" ? [1, 2, 3] : [0, 128, 128])];

        Volume volume = _files.Add(slice, samples).Read();

        Assert.Equal(3, volume.Channels);
        Assert.Equal((red, green, blue), (volume.Voxels<byte>(0)[4], volume.Voxels<byte>(1)[4], volume.Voxels<byte>(2)[4]));
        Assert.Equal(photometric == "RGB" ? (1, 2, 3) : (0, 0, 0), (volume.Voxels<byte>(0)[3], volume.Voxels<byte>(1)[3], volume.Voxels<byte>(2)[3]));
    }

    [Fact]
    public void ToRgb_PartialRange_MapsItsEndsToBlackAndWhite()
    {
        int[] values = [16, 128, 128, 235, 128, 128, 81, 90, 240];

        PixelColour.ToRgb(PixelColour.Kind.YbrPartial, values);

        Assert.Equal([0, 0, 0, 255, 255, 255, 254, 0, 0], values);
    }

    [Theory]
    [InlineData("PALETTE COLOR", 1, "palette")]
    [InlineData("PALETTE COLOR", 3, "samples")]
    [InlineData("CANARY", 1, "not read")]
    [InlineData("RGB", 1, "samples")]
    public void Read_ColourKindThatIsNotRead_IsRefusedWithoutItsValue(string photometric, ushort samples, string expected)
    {
        _files.Add(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.PhotometricInterpretation, photometric).AddOrUpdate(DicomTag.SamplesPerPixel, samples), Plane(1));

        SegmentationException refusal = _files.Refusal();

        Assert.Equal(ErrorCode.UnreadableImage, refusal.Code);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Frames_AreRescaledEachByItsGroup()
    {
        short[] frames = [.. Plane(1), .. Plane(2)];
        DicomDataset header = EnhancedHeader.Of(3, 0);

        Volume shared = _files.Add(header, frames).Read();

        // The second frame lies lower.
        Assert.Equal([.. Plane(2), .. Plane(1)], shared.Voxels<short>(0).ToArray());
        Assert.Equal((2, -1000), (shared.Slope, shared.Intercept));

        using SliceFiles own = new();
        header.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence).Items[1].AddOrUpdate(
            DicomTag.PixelValueTransformationSequence, Rescaled(new DicomDataset(), 3, 1));
        Volume each = own.Add(header, frames).Read();
        Assert.Equal(typeof(float), each.VoxelType);
        Assert.Equal((3 * 2003 + 1, 2 * 1003 - 1000), (each.ToFloats(0)[3], each.ToFloats(0)[18]));
    }

    [Fact]
    public void Read_AnyNumberOfThreads_GivesTheSameVoxelsAndProgress()
    {
        foreach (DicomDataset slice in SliceHeaders.Stack(0, 2, 4, 6, 8, 10, 12)) _files.Add(Rescaled(slice, slice.GetSingleValue<int>(DicomTag.InstanceNumber), 0), Plane(slice));
        DicomSeries series = _files.Open();
        Counted progress = new();

        float[] one = _files.Reader.Read(series, new ImageLimits(), null, 1, TestContext.Current.CancellationToken).ToFloats(0);
        float[] five = _files.Reader.Read(series, new ImageLimits(), progress, 5, TestContext.Current.CancellationToken).ToFloats(0);

        Assert.Equal(one, five);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], progress.Values.Order());
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        foreach (DicomDataset slice in SliceHeaders.Stack(0, 2)) _files.Add(slice, Plane(slice));
        DicomSeries series = _files.Open();

        Assert.ThrowsAny<OperationCanceledException>(() => _files.Reader.Read(series, new ImageLimits(), null, new CancellationToken(true)));
        Assert.ThrowsAny<OperationCanceledException>(() => _files.Reader.Open(_files.Paths, new CancellationToken(true)));
    }

    [Theory]
    [InlineData(44, long.MaxValue)]
    [InlineData(long.MaxValue, 89)]
    public void Read_OverALimit_IsTooLarge(long voxels, long bytes)
    {
        foreach (DicomDataset slice in SliceHeaders.Stack(0, 2, 4)) _files.Add(slice, Plane(slice));

        Assert.Equal(ErrorCode.TooLarge, _files.Refusal(new ImageLimits { MaxVoxels = voxels, MaxDecodedBytes = bytes }).Code);
        Assert.Equal(45, _files.Read(new ImageLimits { MaxVoxels = 45, MaxDecodedBytes = 90 }).Geometry.Grid.VoxelCount);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1e38, 0.0)]
    public void Read_ImpossibleRescale_IsInvalid(double slope, double intercept)
    {
        _files.Add(Rescaled(SliceHeaders.At(1, 0), slope, intercept), Plane(1));

        Assert.Equal(ErrorCode.InvalidVoxels, _files.Refusal().Code);
    }

    private static DicomDataset Rescaled(DicomDataset header, double slope, double intercept) =>
        header.AddOrUpdate(DicomTag.RescaleSlope, slope).AddOrUpdate(DicomTag.RescaleIntercept, intercept);

    private static DicomDataset Bits(DicomDataset header, ushort allocated, ushort stored) => header
        .AddOrUpdate(DicomTag.BitsAllocated, allocated).AddOrUpdate(DicomTag.BitsStored, stored).AddOrUpdate(DicomTag.HighBit, (ushort)(stored - 1));

    private static short[] Plane(DicomDataset header) => Plane(header.GetSingleValue<int>(DicomTag.InstanceNumber));

    /// <summary>15 values from 1000 times a number on.</summary>
    private static short[] Plane(int number) => [.. Enumerable.Range(0, 15).Select(n => (short)(number * 1000 + n))];

    private sealed class Counted : IProgress<int>
    {
        public System.Collections.Concurrent.ConcurrentBag<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }
}
