using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

public sealed class SegmentationPipelineTests : IDisposable
{
    private static readonly AnalyticPackageOptions ThreeClasses = new() { Thresholds = [110, 118], Steepness = 0.4, PatchSize = [4, 6, 6] };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<ActivationKind, ScoreDomain, WayBackKind> Ways => new()
    {
        { ActivationKind.Softmax, ScoreDomain.Probabilities, WayBackKind.Scores },
        { ActivationKind.Softmax, ScoreDomain.Logits, WayBackKind.Scores },
        { ActivationKind.Sigmoid, ScoreDomain.Probabilities, WayBackKind.Scores },
        { ActivationKind.Sigmoid, ScoreDomain.Logits, WayBackKind.Scores },
        { ActivationKind.None, ScoreDomain.Probabilities, WayBackKind.Scores },
        { ActivationKind.Softmax, ScoreDomain.Probabilities, WayBackKind.Labels },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_SameGridAllAxisOrders_IsTheThresholdAtEveryVoxel(ActivationKind activation, ScoreDomain domain, WayBackKind wayBack)
    {
        AnalyticPackageOptions options = ThreeClasses with
        {
            Activation = activation, Domain = domain, Orientation = "RAS",
            Change = manifest => manifest with { Grid = manifest.Grid with { WayBack = wayBack } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        SegmentationOptions flips = new() { Tta = new TtaOptions { Views = ["flip-kji"] } };
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            Volume image = PositionImages.Image(PositionImages.Oblique(order));
            LabelMap labels = Run(image, model, flips).Labels;
            Assert.Same(image.Geometry, labels.Geometry);
            PositionImages.ForEach(image.Geometry, (n, mm) =>
            {
                double value = PositionImages.Value(mm);
                if (options.Thresholds.Any(t => Math.Abs(value - t) < 1e-3)) return;
                Assert.Equal(AnalyticPackages.Label(options, value), labels.Bytes[n]);
            });
        }
    }

    [Fact]
    public void Run_StretchedToAFixedSize_EqualsANaiveFullVolumeReference()
    {
        AnalyticPackageOptions options = ThreeClasses with
        {
            Orientation = "LPS", Change = manifest => manifest with { Grid = manifest.Grid with { Size = [9, 15, 14] } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Assert.Equal([9, 15, 14], model.Manifest.Grid.Size);
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(11)));
        int[] labels = PositionImages.Labels(Run(image, model, null).Labels);
        (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options);
        for (int n = 0; n < labels.Length; n++)
            if (clear[n]) Assert.Equal(expected[n], labels[n]);
        Assert.True(clear.Count(c => c) > 0.95 * labels.Length, $"{clear.Count(c => c)}");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_OtherSpacingAllAxisOrders_EqualsANaiveFullVolumeReference(ActivationKind activation, ScoreDomain domain, WayBackKind wayBack)
    {
        AnalyticPackageOptions options = ThreeClasses with
        {
            Activation = activation, Domain = domain, Orientation = "LPS", Spacing = [2.0, 1.7, 1.7],
            Change = manifest => manifest with { Grid = manifest.Grid with { WayBack = wayBack } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        int seen = 0;
        foreach (AxisOrientation order in AxisOrientation.All())
        {
            Volume image = PositionImages.Image(PositionImages.Oblique(order));
            int[] labels = PositionImages.Labels(Run(image, model, null).Labels);
            (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options);
            for (int n = 0; n < labels.Length; n++)
                if (clear[n]) Assert.Equal(expected[n], labels[n]);
            seen += clear.Count(c => c);
            Assert.True(labels.Distinct().Count() == 3, "all classes must show");
        }
        // With labels the middle voxel of an axis lies half-way between two model voxels.
        double least = wayBack == WayBackKind.Labels ? 0.75 : 0.97;
        Assert.True(seen > least * 48 * 10 * 13 * 17, $"the reference must be clear almost everywhere; it is at {seen} voxels");
    }

    [Fact]
    public void Run_EveryPlacementBlendViewAndOverlap_HasNoSeam()
    {
        AnalyticPackageOptions options = ThreeClasses with { Orientation = "LPS", Spacing = [2.0, 1.7, 1.7], ValidPadding = 1 };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(29)));
        (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, options);
        Assert.True(clear.Count(c => c) > 0.97 * clear.Length, "the reference must be clear almost everywhere");
        foreach (PatchPlacement positions in Enum.GetValues<PatchPlacement>())
            foreach (BlendKind blend in Enum.GetValues<BlendKind>())
                foreach (TtaPreset? preset in (TtaPreset?[])[null, TtaPreset.Flips, TtaPreset.Mediseg3d])
                    foreach (double overlap in (double[])[0, 0.6])
                    {
                        int[] labels = PositionImages.Labels(Run(image, model, new SegmentationOptions
                        {
                            SlidingWindow = new SlidingWindowOptions { Overlap = [overlap], Positions = positions, Blend = blend, Padding = PaddingKind.Edge },
                            Tta = preset is null ? null : new TtaOptions { Preset = preset },
                        }).Labels);
                        for (int n = 0; n < labels.Length; n++)
                            if (clear[n]) Assert.Equal(expected[n], labels[n]);
                        Assert.True(labels.Distinct().Count() == 3, "all classes must show");
                    }
    }

    [Fact]
    public void Run_PlanarImage_IsSegmentedByATwoDimensionalPackage()
    {
        AnalyticPackageOptions options = new() { Dimensionality = 2, Channels = 3, Thresholds = [300], PatchSize = [8, 8], FixedShape = true };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        VolumeGeometry plane = VolumeGeometry.AxisAligned(new GridSize(1, 13, 21), new SpacingMm(1, 1, 1));
        byte[][] rgb = [new byte[273], new byte[273], new byte[273]];
        for (int n = 0; n < 273; n++) (rgb[0][n], rgb[1][n], rgb[2][n]) = ((byte)(n % 21 * 10), (byte)(n / 21 * 10), 50);
        SegmentationResult result = Run(new Volume(plane, rgb), model, new SegmentationOptions { Tta = new TtaOptions { Preset = TtaPreset.Mediseg2d } });
        for (int n = 0; n < 273; n++)
            if (n % 21 * 10 + n / 21 * 10 != 250) Assert.Equal(n % 21 * 10 + n / 21 * 10 > 250 ? 1 : 0, result.Labels.Bytes[n]);
        Assert.True(result.Report.Segments[0].TouchesBorder);
    }

    [Fact]
    public void Run_Twice_GivesTheSameBytes()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, ThreeClasses with { Spacing = [2.0, 1.7, 1.7], Members = 2, MemberShift = 1 });
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.None));
        Assert.Equal(Run(image, model, null).Labels.Bytes.ToArray(), Run(image, model, null).Labels.Bytes.ToArray());
    }

    [Fact]
    public void Run_Members_AreAveragedWithTheirWeights()
    {
        // Logits are averaged: thresholds 110 and 120 with weights 3 to 1 cross at 112.5.
        AnalyticPackageOptions options = new() { Thresholds = [110], Members = 2, MemberShift = 10, Domain = ScoreDomain.Logits };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.None));
        LabelMap both = Run(image, model, new SegmentationOptions { Ensemble = new EnsembleOptions { Weights = [3, 1] } }).Labels;
        LabelMap second = Run(image, model, new SegmentationOptions { Ensemble = new EnsembleOptions { Members = ["1"] } }).Labels;
        PositionImages.ForEach(image.Geometry, (n, mm) =>
        {
            double value = PositionImages.Value(mm);
            if (Math.Abs(value - 112.5) > 1e-2) Assert.Equal(value > 112.5 ? 1 : 0, both.Bytes[n]);
            if (Math.Abs(value - 120) > 1e-2) Assert.Equal(value > 120 ? 1 : 0, second.Bytes[n]);
        });
    }

    [Fact]
    public void Run_Report_TellsVolumesRecipeGridsAndMemory()
    {
        AnalyticPackageOptions options = ThreeClasses with { Spacing = [2.0, 1.7, 1.7], ClassIds = [3, 300] };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.None));
        List<SegmentationProgress> progress = [];
        SegmentationResult result = new SegmentationPipeline().Run(
            image, model, new SegmentationOptions { Labels = ["class-2"] }, null, new Listener(progress.Add), CancellationToken.None);

        int[] labels = PositionImages.Labels(result.Labels);
        int count = labels.Count(l => l == 300);
        Assert.True(result.Labels.IsWide && count > 100);
        Assert.Equal([0, 300], labels.Distinct().Order());
        var segment = Assert.Single(result.Report.Segments);
        Assert.Equal((300, "class-2", count), (segment.Label, segment.Name, segment.Voxels));
        Assert.Equal(count * image.Geometry.VoxelVolumeMm3 / 1000, segment.VolumeMl, 1e-9);
        Assert.True(segment.TouchesBorder);
        Assert.Equal([10, 13, 17], result.Report.Grids.SourceSize);
        Assert.Equal([4, 6, 6], result.Report.Grids.PatchSize);
        Assert.Equal(model.Sha256, result.Report.Recipe.Sha256);
        Assert.Equal(["class-2"], result.Report.Recipe.Options.Labels);
        Assert.Equal(["preprocessing", "predicting", "resampling", "postprocessing", "measuring"], result.Report.TimingsMs.Keys);
        Assert.All(result.Report.TimingsMs.Values, ms => Assert.True(ms >= 0));
        MemoryEstimate estimate = MemoryEstimate.Create(model, image.Geometry, 1, EffectiveOptions.Create(null, model.Manifest, null), image.BytesPerVoxel);
        RunMemory memory = result.Report.Memory;
        Assert.Equal(estimate.TotalBytes, memory.EstimatedBytes);
        Assert.InRange(memory.AccumulatorBytes, 1, estimate.AccumulatorBytes);
        if (OperatingSystem.IsLinux()) Assert.True(memory.ProcessPeakBytes > memory.AccumulatorBytes);
        Assert.Equal(Enumerable.Range(0, (int)result.Report.Grids.Patches + 1).Select(n => (long)n),
            progress.Where(p => p.Phase == SegmentationPhase.Predicting).Select(p => p.PatchesDone));

        // The recipe repeats the run.
        string json = System.Text.Json.JsonSerializer.Serialize(result.Report.Recipe.Options, SegmentationOptions.Json);
        Assert.Equal(labels, PositionImages.Labels(Run(image, model, OptionsReader.Parse(json)).Labels));
    }

    [Fact]
    public void Run_StoredVoxels_CountInTheEstimateWithTheirOwnSize()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, ThreeClasses);
        using ModelCatalog owned = catalog;
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(7, 8, 9), new SpacingMm(2, 1, 1));
        long bytes = Run(new Volume(grid, [new byte[504]]), model, null).Report.Memory.EstimatedBytes;
        long doubles = Run(new Volume(grid, [new double[504]]), model, null).Report.Memory.EstimatedBytes;
        Assert.Equal(504 * (8 - 1), doubles - bytes);
    }

    [Fact]
    public void Run_NothingFound_Warns()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, new AnalyticPackageOptions { Thresholds = [1e6] });
        using ModelCatalog owned = catalog;
        SegmentationResult result = Run(PositionImages.Image(PositionImages.Oblique(AxisOrientation.None)), model, null);
        Assert.Contains("No voxel was labelled.", result.Report.Warnings);
        Assert.All(result.Report.Segments, s => Assert.Equal((0L, false), (s.Voxels, s.TouchesBorder)));
    }

    [Fact]
    public void Run_Postprocessing_ChangesTheLabelsAndIsReported()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, new AnalyticPackageOptions { Thresholds = [10] });
        using ModelCatalog owned = catalog;
        float[] values = new float[10 * 12 * 14];
        GridSize size = new(10, 12, 14);
        values[size.Offset(2, 2, 2)] = 50;
        for (int n = 0; n < 4; n++) values[size.Offset(7, 8, 5 + n)] = 50;
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(2, 1, 1)), [values]);
        SegmentationResult result = Run(image, model, OptionsReader.Parse("""{"postprocessing":[{"op":"remove-small-components","labels":[1],"minVolumeMm3":8}]}"""));
        Assert.Equal(4, result.Report.Segments[0].Voxels);
        Assert.Equal(0, result.Labels[2, 2, 2]);
        var change = Assert.Single(result.Report.Postprocessing);
        Assert.Equal(("remove-small-components", 1L), (change.Op, change.VoxelsChanged));
    }

    [Fact]
    public void Run_NonzeroCrop_LeavesVoxelsOutsideZero()
    {
        // Zero lies above the threshold, so that only the crop keeps the outside empty.
        AnalyticPackageOptions options = new()
        {
            Thresholds = [-5],
            Change = manifest => manifest with { Grid = manifest.Grid with { Crop = CropKind.Nonzero } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        GridSize size = new(9, 10, 11);
        short[] values = new short[size.VoxelCount];
        values[size.Offset(2, 3, 4)] = values[size.Offset(5, 7, 9)] = 10;
        LabelMap labels = Run(new Volume(VolumeGeometry.AxisAligned(size, new SpacingMm(1, 1, 1)), [values]), model, null).Labels;
        for (int k = 0; k < 9; k++)
            for (int j = 0; j < 10; j++)
                for (int i = 0; i < 11; i++)
                    Assert.Equal(k is >= 2 and <= 5 && j is >= 3 and <= 7 && i is >= 4 and <= 9 ? 1 : 0, labels[k, j, i]);
    }

    [Fact]
    public void Run_Cancelled_StopsWithinOnePatch()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, ThreeClasses);
        using ModelCatalog owned = catalog;
        using CancellationTokenSource source = new();
        long last = 0;
        Listener listener = new(p =>
        {
            last = p.PatchesDone;
            if (p.PatchesDone == 3) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => new SegmentationPipeline().Run(
            PositionImages.Image(PositionImages.Oblique(AxisOrientation.None)), model, null, null, listener, source.Token));
        Assert.Equal(3, last);
    }

    [Fact]
    public void Run_NetworkWhoseScoresAreNotFinite_FailsAndSaysSo()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, ThreeClasses with { Thresholds = [1], Steepness = 1e36 });
        using ModelCatalog owned = catalog;
        SegmentationException e = Assert.Throws<SegmentationException>(() => Run(PositionImages.Image(PositionImages.Oblique(AxisOrientation.None)), model, null));
        Assert.Equal(ErrorCode.ModelFailed, e.Code);
        Assert.Contains("not finite", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_QuarterTurnOnUnequalStoredSpacing_IsRefused()
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, ThreeClasses);
        using ModelCatalog owned = catalog;
        SegmentationException e = Assert.Throws<SegmentationException>(() => Run(
            PositionImages.Image(PositionImages.Oblique(AxisOrientation.None)), model, new SegmentationOptions { Tta = new TtaOptions { Views = ["rot90-ji-1"] } }));
        Assert.Equal(ErrorCode.ViewNotAllowed, e.Code);
        Assert.Contains("rot90-ji-1", e.Message, StringComparison.Ordinal);
    }

    private static SegmentationResult Run(Volume image, LoadedModel model, SegmentationOptions? options) =>
        new SegmentationPipeline().Run(image, model, options, null, null, CancellationToken.None);

    private sealed class Listener(Action<SegmentationProgress> hear) : IProgress<SegmentationProgress>
    {
        public void Report(SegmentationProgress value) => hear(value);
    }
}
