using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Cascades;

public sealed class CascadeRunTests : IDisposable
{
    private const double MarginMm = 4;

    /// <summary>Coarse, two classes: 1 from 40 on, 2 from 60 on.</summary>
    private static readonly AnalyticPackageOptions Low = new()
    {
        Name = "low", Thresholds = [40, 60], Steepness = 1, PatchSize = [3, 4, 5], Spacing = [3.5, 2.5, 2.5], Orientation = "LPS",
    };

    private static readonly AnalyticPackageOptions Full = new() { Name = "full", Thresholds = [20, 70], Steepness = 1, PatchSize = [3, 5, 4] };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_ObliqueImages_WorkInTheLabelsBoxAndItsMargin()
    {
        using ModelCatalog catalog = Write(Cascade([2]));
        LoadedModel model = catalog.Load("full", "1", CancellationToken.None);
        foreach (AxisOrientation order in AxisOrientation.All().Where((_, n) => n % 7 == 3))
        {
            // Both lie above the second stage's threshold, but only the first holds label 2 of the first stage.
            Volume image = Blobs(order, (new Vector3D(3, 12, 62), 80, 4.5), (new Vector3D(24, 34, 62), 55, 4.5));
            VolumeGeometry geometry = image.Geometry;
            SegmentationResult result = Run(image, model);
            RunCascade cascade = result.Report.Cascade!;
            int[] coarse = PositionImages.Labels(Run(image, catalog.Load("low", "1", CancellationToken.None)).Labels);
            VoxelBox box = Box(cascade);

            // Faces: distances in mm at right angles, worked out from the affine's columns.
            for (int axis = 0; axis < 3; axis++)
            {
                Vector3D along = geometry.IndexToPatient.Column(2 - axis), a = geometry.IndexToPatient.Column((3 - axis) % 3), b = geometry.IndexToPatient.Column((4 - axis) % 3);
                double planes = Math.Abs(along.Dot(a.Cross(b))) / a.Cross(b).Length;
                int first = int.MaxValue, last = -1;
                ForEach(geometry.Grid, (n, voxel) =>
                {
                    if (coarse[n] == 2) (first, last) = (Math.Min(first, voxel[axis]), Math.Max(last, voxel[axis]));
                });
                Assert.InRange((first - box.Start[axis]) * planes, box.Start[axis] == 0 ? 0 : MarginMm - 1e-6, MarginMm + planes);
                Assert.InRange((box.End(axis) - 1 - last) * planes, box.End(axis) == geometry.Grid[axis] ? 0 : MarginMm - 1e-6, MarginMm + planes);
            }
            float[] values = image.ToFloats(0);
            int inside = 0;
            ForEach(geometry.Grid, (n, voxel) =>
            {
                bool within = Enumerable.Range(0, 3).All(axis => voxel[axis] >= box.Start[axis] && voxel[axis] < box.End(axis));
                int expected = within ? AnalyticPackages.Label(Full, values[n]) : 0;
                Assert.Equal(expected, result.Labels.Bytes[n]);
                inside += expected > 0 ? 1 : 0;
            });
            Assert.InRange(inside, 50, geometry.Grid.VoxelCount / 4);
            Assert.Equal(inside, result.Report.Segments.Sum(s => s.Voxels));
            Assert.Same(geometry, result.Labels.Geometry);
            Assert.Equal(0, cascade.Widenings);
            Assert.DoesNotContain(result.Report.Warnings, w => w.Contains("touches", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_ResultTouchesAFace_WidensTheBoxAsOftenAsAllowed(int widenings)
    {
        using ModelCatalog catalog = Write(Cascade([2]) with { MarginMm = 1, Widenings = widenings });
        Volume image = Blobs(AxisOrientation.None, (new Vector3D(3, 18, 62), 64, 10));
        SegmentationResult result = Run(image, catalog.Load("full", "1", CancellationToken.None));
        VoxelBox box = Box(result.Report.Cascade!);
        float[] values = image.ToFloats(0);
        int cut = 0;
        ForEach(image.Geometry.Grid, (n, voxel) =>
        {
            bool within = Enumerable.Range(0, 3).All(axis => voxel[axis] >= box.Start[axis] && voxel[axis] < box.End(axis));
            int expected = AnalyticPackages.Label(Full, values[n]);
            Assert.Equal(within ? expected : 0, result.Labels.Bytes[n]);
            if (!within && expected > 0) cut++;
        });
        bool warned = result.Report.Warnings.Any(w => w.Contains("touches the box", StringComparison.Ordinal));
        Assert.Equal(cut > 0, warned);
        Assert.Equal(widenings < 3, warned);
        Assert.Equal(widenings, result.Report.Cascade!.Widenings);
    }

    [Fact]
    public void Run_ResultTouchesTheImagesFace_IsNotWidened()
    {
        using ModelCatalog catalog = Write(Cascade([1, 2]) with { MarginMm = 6 });
        VolumeGeometry geometry = Geometry(AxisOrientation.None);
        Volume image = Blobs(AxisOrientation.None, (geometry.IndexToPatient.Apply(0, 11, 7), 80, 5));
        SegmentationResult result = Run(image, catalog.Load("full", "1", CancellationToken.None));
        Assert.Equal((0, 0), (result.Report.Cascade!.Widenings, result.Report.Cascade.BoxStart![2]));
        Assert.True(result.Report.Cascade.BoxSize![2] < geometry.Grid.Width);
        Assert.True(result.Report.Segments[0].TouchesBorder);
        Assert.Contains(result.Report.Warnings, w => w.Contains("touches the border of the image", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_UncertaintyMaps_LieOnTheImageAndAreZeroOutsideTheBox()
    {
        using ModelCatalog catalog = Write(Cascade([2]));
        LoadedModel model = catalog.Load("full", "1", CancellationToken.None);
        SegmentationOptions options = new() { Outputs = [OutputKind.Entropy] };
        Volume image = Blobs(AxisOrientation.All().ElementAt(17), (new Vector3D(3, 12, 62), 80, 4.5));
        SegmentationResult result = Run(image, model, options);
        VoxelBox box = Box(result.Report.Cascade!);
        float[] entropy = Assert.Single(result.Uncertainty).Values.ToFloats(0), values = image.ToFloats(0);
        ForEach(image.Geometry.Grid, (n, voxel) =>
        {
            bool within = Enumerable.Range(0, 3).All(axis => voxel[axis] >= box.Start[axis] && voxel[axis] < box.End(axis));
            double[] exp = [1, Math.Exp(values[n] - 20), Math.Exp(2 * values[n] - 90)];
            double expected = within ? exp.Select(e => e / exp.Sum()).Where(p => p > 0).Sum(p => -p * Math.Log(p)) / Math.Log(3) : 0;
            Assert.Equal(expected, entropy[n], 1e-3);
        });
        Assert.True(entropy.Max() > 0.3);

        SegmentationResult nothing = Run(Blobs(AxisOrientation.None), model, options);
        Assert.Equal(0, Assert.Single(nothing.Uncertainty).Values.ToFloats(0).Max());
        Assert.Equal(0, Assert.Single(nothing.Report.Uncertainty!).Largest);
    }

    [Fact]
    public void Run_EmptyFirstStage_IsAWarningAndAnEmptyMask()
    {
        using ModelCatalog catalog = Write(Cascade([2]));
        LoadedModel model = catalog.Load("full", "1", CancellationToken.None);
        Volume image = Blobs(AxisOrientation.None, (new Vector3D(3, 18, 62), 55, 6));
        List<SegmentationProgress> heard = [];
        SegmentationResult result = Run(image, model, progress: heard.Add);
        Assert.Equal(0, result.Labels.Bytes.ToArray().Max());
        Assert.Equal("The first stage, low, found nothing to look at more closely; the result is empty.", Assert.Single(result.Report.Warnings));
        Assert.Equal((null, null, 0), (result.Report.Cascade!.BoxStart, result.Report.Cascade.BoxSize, result.Report.Cascade.Widenings));
        Assert.Equal([("class-1", 0L), ("class-2", 0L)], result.Report.Segments.Select(s => (s.Name, s.Voxels)));
        Assert.Equal(("full", model.Sha256), (result.Report.Recipe.Model, result.Report.Recipe.Sha256));
        Assert.All(heard, p => Assert.Equal(1, p.Stage!.Value.Number));
    }

    [Fact]
    public void Run_Report_NamesStagesRecipesAndMemoryOfBoth()
    {
        using ModelCatalog catalog = Write(Cascade([2]));
        LoadedModel model = catalog.Load("full", "1", CancellationToken.None), low = catalog.Load("low", "1", CancellationToken.None);
        Volume image = Blobs(AxisOrientation.None, (new Vector3D(3, 18, 62), 80, 4));
        List<SegmentationProgress> heard = [];
        SegmentationResult result = Run(image, model, new SegmentationOptions { Labels = ["class-2"] }, heard.Add);

        string[] phases = ["preprocessing", "predicting", "resampling", "postprocessing", "measuring"];
        Assert.Equal([.. phases.Select(p => "first-stage." + p), .. phases], result.Report.TimingsMs.Keys);
        Assert.Equal(("low", "1", low.Sha256), (result.Report.Cascade!.FirstStage.Model, result.Report.Cascade.FirstStage.Version, result.Report.Cascade.FirstStage.Sha256));
        Assert.Equal(["class-2"], result.Report.Recipe.Options.Labels);
        Assert.Equal([2], result.Report.Segments.Select(s => s.Label));
        Assert.Equal([new RunStage(1, 2, "low"), new RunStage(2, 2, "full")], heard.Select(p => p.Stage!.Value).Distinct());
        double[] shares = [.. heard.Where(p => p.Phase == SegmentationPhase.Predicting).Select(p => p.Share!.Value)];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal((0, 1), (shares[0], shares[^1]));
        Assert.Contains(0.5, shares);

        EffectiveOptions options = EffectiveOptions.Create(null, model.Manifest, null), first = EffectiveOptions.Create(null, low.Manifest, null);
        MemoryEstimate both = MemoryEstimate.Create(model, image.Geometry, 1, options, 4);
        MemoryEstimate one = MemoryEstimate.Create(low, image.Geometry, 1, first, 4);
        MemoryEstimate two = MemoryEstimate.Create(model.Manifest, image.Geometry, 1, options, 4, model.ActivationPeakBytes);
        Assert.Equal(both.TotalBytes, result.Report.Memory.EstimatedBytes);
        Assert.True(both.TotalBytes > Math.Max(one.TotalBytes, two.TotalBytes));
        Assert.Equal(one.ActivationBytes + two.ActivationBytes, both.ActivationBytes);
        Assert.Equal(one.NetworkCalls + 4 * two.NetworkCalls, both.NetworkCalls);
        Assert.Equal(two.SourceBytes + 4 * image.Geometry.Grid.VoxelCount, both.SourceBytes);
    }

    [Fact]
    public void Run_InvalidRequest_IsRefusedBeforeTheFirstStageRuns()
    {
        using ModelCatalog catalog = Write(Cascade([2]));
        List<SegmentationProgress> heard = [];
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => Run(
            Blobs(AxisOrientation.None), catalog.Load("full", "1", CancellationToken.None), new SegmentationOptions { Labels = ["liver"] }, heard.Add)).Code);
        Assert.Empty(heard);
    }

    [Fact]
    public void Run_StatisticsOfTheImage_AreThoseOfTheBox()
    {
        // Half of the box's range: elsewhere the image is much brighter, so that the whole image's range would leave the blob out.
        AnalyticPackageOptions second = Full with
        {
            Thresholds = [0.5], Steepness = 20,
            Change = manifest => manifest with { Intensity = [new MinMaxStep()], Cascade = Cascade([2]) with { Labels = [1] } },
        };
        AnalyticPackages.Write(_folder.Path, Low with { Change = manifest => manifest with { Intensity = [new ClipStep(0, 80)] } });
        AnalyticPackages.Write(_folder.Path, second);
        using ModelCatalog catalog = Open();
        GridSize size = new(12, 20, 30);
        float[] values = new float[size.VoxelCount];
        ForEach(size, (n, v) => values[n] = v.K is > 3 and < 7 && v.J is > 3 and < 9 && v.I is > 3 and < 9 ? 50 : v.I > 27 ? 1 : 0);
        // Class 2 of the first stage is the far bright wall, class 1 the block.
        ForEach(size, (n, v) => values[n] = v.I == 29 ? 1000 : values[n]);
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(3, 2, 2)), [values]);
        SegmentationResult result = Run(image, catalog.Load("full", "1", CancellationToken.None));
        Assert.True(result.Report.Cascade!.BoxStart![2] + result.Report.Cascade.BoxSize![2] < 29);
        ForEach(size, (n, v) => Assert.Equal(values[n] == 50 ? 1 : 0, result.Labels.Bytes[n]));
    }

    private static ModelCascade Cascade(int[] labels) => new() { Model = "low", Version = "1", Labels = labels, MarginMm = MarginMm };

    private ModelCatalog Write(ModelCascade cascade)
    {
        AnalyticPackages.Write(_folder.Path, Low);
        AnalyticPackages.Write(_folder.Path, Full with { Change = manifest => manifest with { Cascade = cascade } });
        return Open();
    }

    private ModelCatalog Open() => new(new ModelCatalogOptions { Root = _folder.Path, Providers = ["cpu"], Threads = 1 });

    private static VoxelBox Box(RunCascade cascade) => new(
        new VoxelIndex(cascade.BoxStart![0], cascade.BoxStart[1], cascade.BoxStart[2]), new GridSize(cascade.BoxSize![0], cascade.BoxSize[1], cascade.BoxSize[2]));

    /// <summary>Sheared, oblique and anisotropic, 16 x 26 x 40 voxels.</summary>
    private static VolumeGeometry Geometry(AxisOrientation order) => order.Apply(new VolumeGeometry(
        new GridSize(16, 26, 40), new Affine(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.5, -0.3, 2.6), new(-14, 4, 40))));

    /// <summary>Blobs (centre and radius in mm) whose value falls from the peak's at the centre by 20 at the radius, and on outside.</summary>
    private static Volume Blobs(AxisOrientation order, params (Vector3D Centre, double Peak, double Radius)[] blobs)
    {
        VolumeGeometry geometry = Geometry(order);
        float[] values = new float[geometry.Grid.VoxelCount];
        PositionImages.ForEach(geometry, (n, mm) =>
            values[n] = (float)blobs.Select(b => b.Peak - 20 * Math.Pow((mm - b.Centre).Length / b.Radius, 2)).Append(0).Max());
        return new Volume(geometry, [values]);
    }

    private static void ForEach(GridSize size, Action<int, VoxelIndex> visit)
    {
        int n = 0;
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
                for (int i = 0; i < size.Width; i++) visit(n++, new VoxelIndex(k, j, i));
    }

    private static SegmentationResult Run(
        Volume image, LoadedModel model, SegmentationOptions? options = null, Action<SegmentationProgress>? progress = null) =>
        new SegmentationPipeline().Run(image, model, options, null, progress is null ? null : new Listener(progress), CancellationToken.None);

    private sealed class Listener(Action<SegmentationProgress> hear) : IProgress<SegmentationProgress>
    {
        public void Report(SegmentationProgress value) => hear(value);
    }
}
