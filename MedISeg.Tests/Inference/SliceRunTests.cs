using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>2-D packages on volumes.</summary>
public sealed class SliceRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<SliceAxis, InterpolationKind, string, bool> Ways => new()
    {
        { SliceAxis.K, InterpolationKind.Linear, "LPS", true }, { SliceAxis.K, InterpolationKind.Cubic, "ASL", true },
        { SliceAxis.J, InterpolationKind.Linear, "", true }, { SliceAxis.I, InterpolationKind.Cubic, "", true },
        { SliceAxis.I, InterpolationKind.Nearest, "", true }, { SliceAxis.K, InterpolationKind.Linear, "", true },
        { SliceAxis.J, InterpolationKind.Cubic, "", false }, { SliceAxis.K, InterpolationKind.Linear, "", false },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_Volume_EqualsItsSlicesStacked(SliceAxis axis, InterpolationKind interpolation, string orientation, bool takesStatistics)
    {
        Volume image = Patterned(PositionImages.Oblique(AxisOrientation.All().ElementAt(37)));
        (double mean, double deviation) = IntensityMoments.Of(image.ToFloats(0));
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2, Thresholds = [-0.4, 0.5], Steepness = 2, PatchSize = [6, 6], Spacing = [1.2, 1.2],
            Orientation = orientation.Length == 0 ? null : orientation,
            Change = manifest => manifest with
            {
                Intensity = takesStatistics ? [new PercentileClipStep(2, 97), new ZScoreStep()] : [new ZScoreStep { Mean = mean, Std = deviation }],
                Grid = manifest.Grid with { Interpolation = interpolation },
                Defaults = OptionsReader.Parse("""
                    {"tta":{"preset":"mediseg2d"},"postprocessing":[{"op":"keep-largest-component","labels":[2]},{"op":"fill-holes","labels":[1],"plane":"ji"},
                    {"op":"remove-small-components","labels":[1],"minVolumeMm3":30,"connectivity":4}]}
                    """),
            },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        int across = orientation.Length == 0 ? (int)axis : AxisOrientation.Towards(image.Geometry, orientation).Source(0);

        SegmentationResult result = Run(image, model, new SegmentationOptions { Slices = new SliceOptions { Axis = axis } });

        Assert.Same(image.Geometry, result.Labels.Geometry);
        long changed = 0;
        int[] seen = new int[3];
        for (int place = 0; place < image.Geometry.Grid[across]; place++)
        {
            Volume slice = Slice(image, across, place);
            SegmentationResult alone = Run(slice, model, null);
            changed += alone.Report.Postprocessing.Sum(p => p.VoxelsChanged);
            PositionImages.ForEach(slice.Geometry, (n, mm) =>
            {
                Vector3D index = image.Geometry.PatientToIndex.Apply(mm);
                int label = result.Labels[(int)Math.Round(index.Z), (int)Math.Round(index.Y), (int)Math.Round(index.X)];
                seen[label]++;
                Assert.Equal(alone.Labels.Bytes[n], label);
            });
        }
        Assert.All(seen, count => Assert.True(count > 20, string.Join(' ', seen)));
        Assert.True(changed > 0, "post-processing must have something to do");
        Assert.Equal(changed, result.Report.Postprocessing.Sum(p => p.VoxelsChanged));
    }

    [Fact]
    public void Run_CubicSliceBesideAFarBrighterOne_IsNotTouchedByIt()
    {
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2, Thresholds = [0.5], Steepness = 10, PatchSize = [6, 6], Spacing = [1.2, 1.2],
            Change = manifest => manifest with { Grid = manifest.Grid with { Interpolation = InterpolationKind.Cubic } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        VolumeGeometry plane = VolumeGeometry.AxisAligned(new GridSize(1, 8, 9), new SpacingMm(1, 1, 1)), three = VolumeGeometry.AxisAligned(new GridSize(3, 8, 9), new SpacingMm(1, 1, 1));
        float[] dark = [.. Enumerable.Range(0, 72).Select(n => n % 9 / 8f)];
        byte[] alone = Run(new Volume(plane, [dark]), model, null).Labels.Bytes.ToArray();
        Assert.Contains((byte)1, alone);
        Volume image = new(three, [(float[])[.. dark, .. Enumerable.Repeat(3e8f, 72), .. dark]]);
        byte[] labels = Run(image, model, null).Labels.Bytes.ToArray();
        Assert.Equal(alone, labels[..72]);
        Assert.Equal(alone, labels[144..]);
    }

    [Fact]
    public void Run_ObliqueVolumeInAnyAxisOrder_LiesRightInMm()
    {
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2, Thresholds = [110, 118], Steepness = 0.4, PatchSize = [6, 7], Spacing = [1.7, 1.1], Orientation = "LPS",
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        long clearVoxels = 0;
        foreach (AxisOrientation order in AxisOrientation.All().Where((_, n) => n % 5 == 0))
            foreach (SliceAxis axis in Enum.GetValues<SliceAxis>())
            {
                Volume image = PositionImages.Image(PositionImages.Oblique(order));
                SegmentationResult result = Run(image, model, new SegmentationOptions { Slices = new SliceOptions { Axis = axis } });
                (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options, (int)axis);
                int[] labels = PositionImages.Labels(result.Labels);
                for (int n = 0; n < labels.Length; n++)
                    if (clear[n]) Assert.Equal(expected[n], labels[n]);
                clearVoxels += clear.Count(c => c);
                // Across the slices the grid is the image's: (k, j, i) in LPS are 10 x 13 x 17 voxels of 2.63, 1.32 and 0.91 mm.
                int across = (int)axis;
                Assert.Equal(new[] { 10, 13, 17 }[across], result.Report.Grids.ModelSize[0]);
                Assert.Equal(PositionImages.Oblique(AxisOrientation.None).Spacing[across], result.Report.Grids.ModelSpacingMm[0], 1e-9);
            }
        Assert.True(clearVoxels > 0.97 * 10 * 3 * 10 * 13 * 17, $"{clearVoxels}");
    }

    [Theory]
    [InlineData(PaddingKind.Edge, SliceAxis.K)]
    [InlineData(PaddingKind.Constant, SliceAxis.K)]
    [InlineData(PaddingKind.Reflect, SliceAxis.J)]
    [InlineData(PaddingKind.Edge, SliceAxis.I)]
    public void Run_NeighbourSlices_AreChannelsInRisingOrder(PaddingKind edges, SliceAxis axis)
    {
        // Two inputs of five slices each, every one with a weight of its own.
        double[] weights = [1, -2, 5, 0.5, -1, 3, 1, -4, 2, 0.25];
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2, Channels = 2, Neighbours = 2, ChannelWeights = weights, Thresholds = [4], Steepness = 3, PatchSize = [4, 5],
            FixedShape = true, Change = manifest => manifest with { Slices = manifest.Slices! with { Edges = edges } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        GridSize size = new(4, 6, 5);
        short[][] values = [.. Enumerable.Range(0, 2).Select(c => Enumerable.Range(0, (int)size.VoxelCount).Select(n => (short)((n * 37 + 11 * c) % 23 - 9)).ToArray())];
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(3, 1, 2)), values);

        SegmentationResult result = Run(image, model, new SegmentationOptions
        {
            Slices = new SliceOptions { Axis = axis }, Tta = new TtaOptions { Views = ["flip-j", "flip-i"] },
        });

        int across = (int)axis, length = size[across];
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
                for (int i = 0; i < size.Width; i++)
                {
                    double sum = 0;
                    for (int c = 0; c < 10; c++)
                    {
                        VoxelIndex voxel = new(k, j, i);
                        int place = voxel[across] + c % 5 - 2;
                        if (edges == PaddingKind.Constant && (place < 0 || place >= length)) continue;
                        place = edges == PaddingKind.Edge ? Math.Clamp(place, 0, length - 1)
                            : place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place;
                        voxel = voxel.With(across, place);
                        sum += weights[c] * values[c / 5][size.Offset(voxel.K, voxel.J, voxel.I)];
                    }
                    if (Math.Abs(sum - 4) > 1e-3) Assert.Equal(sum > 4 ? 1 : 0, result.Labels[k, j, i]);
                }
        Assert.InRange(result.Report.Segments[0].Voxels, 20, 100);
    }

    [Fact]
    public void Run_NeighbourSlicesOfAPlane_AreThePlaneItself()
    {
        AnalyticPackageOptions options = new() { Dimensionality = 2, Neighbours = 1, ChannelWeights = [1, 1, 2], Thresholds = [40], PatchSize = [4, 4] };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        byte[] values = [.. Enumerable.Range(0, 15).Select(n => (byte)n)];
        LabelMap labels = Run(new Volume(VolumeGeometry.AxisAligned(new GridSize(1, 3, 5), new SpacingMm(1, 1, 1)), [values]), model, null).Labels;
        for (int n = 0; n < 15; n++)
            if (n != 10) Assert.Equal(4 * n > 40 ? 1 : 0, labels.Bytes[n]);
    }

    [Fact]
    public void Run_StatisticsOfTheVolume_AreTheSameForAllSlices()
    {
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2, Thresholds = [0.5], Steepness = 10, PatchSize = [4, 4],
            Change = manifest => manifest with { Intensity = [new MinMaxStep()], Slices = new ModelSlices { Statistics = SliceStatistics.Volume } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        GridSize size = new(3, 4, 6);
        byte[] values = [.. Enumerable.Range(0, 72).Select(n => (byte)n)];
        LabelMap labels = Run(new Volume(VolumeGeometry.AxisAligned(size, new SpacingMm(3, 1, 2)), [values]), model, null).Labels;
        for (int n = 0; n < 72; n++) Assert.Equal(n > 35.5 ? 1 : 0, labels.Bytes[n]);
    }

    [Fact]
    public void Run_ConnectivityOfVolumes_TreatsTheWholeMap()
    {
        AnalyticPackageOptions options = new() { Dimensionality = 2, Thresholds = [10], PatchSize = [4, 4] };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        // In slice 0 two voxels, the larger component there; in slices 0 to 2 a column, the larger one in the volume.
        GridSize size = new(3, 4, 6);
        float[] values = new float[size.VoxelCount];
        values[size.Offset(0, 0, 0)] = values[size.Offset(0, 0, 1)] = 50;
        for (int k = 0; k < 3; k++) values[size.Offset(k, 3, 4)] = 50;
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(3, 1, 2)), [values]);
        LabelMap slices = Keep("8"), whole = Keep("26"), absent = Keep("null");
        Assert.Equal((1, 0, 1), (slices[0, 0, 0], slices[0, 3, 4], slices[2, 3, 4]));
        Assert.Equal((0, 1, 1), (whole[0, 0, 0], whole[0, 3, 4], whole[2, 3, 4]));
        Assert.Equal(slices.Bytes.ToArray(), absent.Bytes.ToArray());

        LabelMap Keep(string connectivity) => Run(image, model, OptionsReader.Parse(
            connectivity == "null"
                ? """{"postprocessing":[{"op":"keep-largest-component","labels":[1]}]}"""
                : $$"""{"postprocessing":[{"op":"keep-largest-component","labels":[1],"connectivity":{{connectivity}}}]}""")).Labels;
    }

    /// <summary>A slice as an image of one plane.</summary>
    private static Volume Slice(Volume image, int axis, int place)
    {
        Volume block = image.Block(default(VoxelIndex).With(axis, place), image.Geometry.Grid.With(axis, 1));
        return new Volume(AxisOrientation.ToFront(axis).Apply(block.Geometry), [block.Stored(0)], image.Slope, image.Intercept);
    }

    /// <summary>The place in mm with a coarse pattern over it, so that slices differ in mean and spread.</summary>
    private static Volume Patterned(VolumeGeometry geometry)
    {
        short[] values = new short[geometry.Grid.VoxelCount];
        PositionImages.ForEach(geometry, (n, mm) =>
            values[n] = (short)(PositionImages.Value(mm) + 40 * Math.Sin(0.9 * mm.X + 0.4 * mm.Z) * Math.Cos(0.7 * mm.Y) + n * 31 % 17));
        return new Volume(geometry, [values], 0.5, -3);
    }

    private static SegmentationResult Run(Volume image, LoadedModel model, SegmentationOptions? options) =>
        new SegmentationPipeline().Run(image, model, options, null, null, CancellationToken.None);
}
