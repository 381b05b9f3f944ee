using MedISeg.Dicom;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Tests.Dicom.Series;

public sealed class SeriesChannelsTests
{
    private static readonly ChannelRule Ct = new("ct", "CT", null), Pet = new("pet", "PT", null);

    [Fact]
    public void Match_OneSeriesEach_IsInOrderOfTheRules()
    {
        DicomSeries ct = OfModality("CT"), pet = OfModality("PT");

        Assert.Equal([ct, pet], SeriesChannels.Match([pet, ct], [Ct, Pet]));
    }

    [Fact]
    public void Match_TwoOfOneModality_AreToldApartByRules()
    {
        DicomSeries t1 = OfModality("MR"), t2 = OfModality("MR");
        t1.Header.AddOrUpdate(DicomTag.SeriesDescription, "ax T1 post");
        t2.Header.AddOrUpdate(DicomTag.SeriesDescription, "ax T2");
        ChannelRule[] rules = [.. new[] { "T2", "T1" }.Select(name => new ChannelRule(name, "MR", new Dictionary<string, string> { ["SeriesDescription"] = $".*{name}.*" }))];

        Assert.Equal([t2, t1], SeriesChannels.Match([t1, t2], rules));
    }

    [Fact]
    public void Match_WrongCounts_NamesChannelsAndCounts()
    {
        SegmentationException refusal = Assert.Throws<SegmentationException>(() => SeriesChannels.Match([OfModality("CT"), OfModality("CT")], [Ct, Pet]));

        Assert.Equal(ErrorCode.ChannelMismatch, refusal.Code);
        Assert.Contains("of the 2 sent, these fit by modality and match rules: 2 for 'ct', 0 for 'pet'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_OneSeriesForTwoChannels_IsRefused()
    {
        SegmentationException refusal = Assert.Throws<SegmentationException>(() => SeriesChannels.Match([OfModality("CT")], [Ct, new ChannelRule("any", "*", null)]));

        Assert.Equal(ErrorCode.ChannelMismatch, refusal.Code);
        Assert.Contains("One series fits two channels", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_SeriesInExcess_IsRefused()
    {
        SegmentationException refusal = Assert.Throws<SegmentationException>(() => SeriesChannels.Match([OfModality("CT"), OfModality("US"), OfModality("PT")], [Ct, Pet]));

        Assert.Equal(ErrorCode.ChannelMismatch, refusal.Code);
        Assert.StartsWith("1 of 3 series fit no channel", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    public void Join_OtherGrid_IsResampledInPatientSpace(double turn)
    {
        // Both hold 3x + 5y - 2z + 7 at each voxel's place: linear interpolation must find it again, parallel or turned.
        (double sine, double cosine) = Math.SinCos(turn);
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(2, 3, 5), new SpacingMm(2, 0.7, 0.9), new Vector3D(-3, 4, 5));
        VolumeGeometry other = new(new GridSize(9, 11, 13), new Affine(new(cosine, sine, 0), new(-sine, cosine, 0), new(0, 0, 1.5), new(-6, 1, 0)));
        Volume first = new(grid, [Ramp(grid)]), second = new(other, [Ramp(other)]);

        Volume joined = SeriesChannels.Join([first, second], ["a", "b"], new ImageLimits(), TestContext.Current.CancellationToken);

        Assert.Same(grid, joined.Geometry);
        Assert.Equal(2, joined.Channels);
        Assert.Equal(first.ToFloats(0), joined.ToFloats(0));
        float[] expected = Ramp(grid), actual = joined.ToFloats(1);
        for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], actual[n], 1e-4f);
    }

    [Fact]
    public void Join_BeyondTheOtherImage_RepeatsItsNearestValue()
    {
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(1, 1, 4), new SpacingMm(1, 1, 1), new Vector3D(-5, 0, 0));
        VolumeGeometry other = VolumeGeometry.AxisAligned(new GridSize(1, 1, 2), new SpacingMm(1, 1, 1), new Vector3D(-4, 0, 0));

        Volume joined = SeriesChannels.Join(
            [new Volume(grid, [new byte[4]]), new Volume(other, [new byte[] { 7, 9 }])], ["a", "b"], new ImageLimits(), TestContext.Current.CancellationToken);

        Assert.Equal([7, 7, 9, 9], joined.ToFloats(1));
    }

    [Fact]
    public void Join_Colours_AreRefused()
    {
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(1, 1, 2), new SpacingMm(1, 1, 1));
        Volume grey = new(grid, [new byte[2]]), colour = new(grid, [new byte[2], new byte[2], new byte[2]]);

        SegmentationException refusal = Assert.Throws<SegmentationException>(() =>
            SeriesChannels.Join([grey, colour], ["a", "b"], new ImageLimits(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.ChannelMismatch, refusal.Code);
        Assert.Contains("channel 'b' has 3 colours", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Join_TooManyVoxelsTogether_IsTooLarge()
    {
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(1, 2, 3), new SpacingMm(1, 1, 1));
        Volume[] volumes = [new Volume(grid, [new byte[6]]), new Volume(grid, [new byte[6]])];

        Assert.Equal(ErrorCode.TooLarge, Assert.Throws<SegmentationException>(() =>
            SeriesChannels.Join(volumes, ["a", "b"], new ImageLimits { MaxVoxels = 11 }, TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public void Read_SeriesOfOneFrameOfReference_AreJoinedWithProgressOverAll()
    {
        using SliceFiles files = new();
        foreach (DicomDataset slice in SliceHeaders.Stack(0, 2, 4)) files.Add(slice, Enumerable.Repeat((short)slice.GetSingleValue<int>(DicomTag.InstanceNumber), 15).ToArray());
        foreach (DicomDataset slice in SliceHeaders.Stack(1, 3))
            files.Add(slice.AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.8"), Enumerable.Repeat((short)(10 * slice.GetSingleValue<int>(DicomTag.InstanceNumber)), 15).ToArray());
        IReadOnlyList<DicomSeries> series = files.Reader.Open(files.Paths, TestContext.Current.CancellationToken);
        int last = 0;

        Volume joined = SeriesChannels.Read(
            files.Reader, series, ["a", "b"], new ImageLimits(), new Highest(value => last = Math.Max(last, value)), TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], Column(joined, 0));
        Assert.Equal([10, 15, 20], Column(joined, 1));
        Assert.Equal(5, last);
    }

    [Theory]
    [InlineData("2.25.99")]
    [InlineData("")]
    public void Read_OtherFrameOfReference_IsRefused(string frame)
    {
        using SliceFiles files = new();
        files.Add(SliceHeaders.At(1, 0), new short[15])
            .Add(SliceHeaders.At(2, 0).AddOrUpdate(DicomTag.SeriesInstanceUID, "2.25.8").AddOrUpdate(DicomTag.FrameOfReferenceUID, frame), new short[15]);
        IReadOnlyList<DicomSeries> series = files.Reader.Open(files.Paths, TestContext.Current.CancellationToken);

        SegmentationException refusal = Assert.Throws<SegmentationException>(() =>
            SeriesChannels.Read(files.Reader, series, ["a", "b"], new ImageLimits(), null, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.ChannelMismatch, refusal.Code);
        Assert.Contains("'a' and 'b' do not share a frame of reference", refusal.Message, StringComparison.Ordinal);
    }

    private static float[] Column(Volume volume, int channel) => [.. Enumerable.Range(0, 3).Select(k => volume.ToFloats(channel)[k * 15 + 7])];

    private static DicomSeries OfModality(string modality) => SliceHeaders.Build(SliceHeaders.At(1, 0).AddOrUpdate(DicomTag.Modality, modality));

    private static float[] Ramp(VolumeGeometry geometry)
    {
        GridSize grid = geometry.Grid;
        float[] values = new float[grid.VoxelCount];
        for (int n = 0; n < values.Length; n++)
        {
            Vector3D place = geometry.IndexToPatient.Apply(n % grid.Width, n / grid.Width % grid.Height, n / (grid.Width * grid.Height));
            values[n] = (float)(3 * place.X + 5 * place.Y - 2 * place.Z + 7);
        }
        return values;
    }

    private sealed class Highest(Action<int> report) : IProgress<int>
    {
        private readonly Lock _gate = new();

        public void Report(int value)
        {
            lock (_gate) report(value);
        }
    }
}
