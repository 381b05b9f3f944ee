using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

public sealed class EnsemblePipelineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ActivationKind.Softmax, WayBackKind.Scores, MergeKind.Vote)]
    [InlineData(ActivationKind.Sigmoid, WayBackKind.Scores, MergeKind.Vote)]
    [InlineData(ActivationKind.Softmax, WayBackKind.Labels, MergeKind.Vote)]
    [InlineData(ActivationKind.Softmax, WayBackKind.Scores, MergeKind.Staple)]
    [InlineData(ActivationKind.Sigmoid, WayBackKind.Labels, MergeKind.Staple)]
    public void Run_ThreeMembersOneAfterAnother_GivesTheMiddleOnesLabels(ActivationKind activation, WayBackKind wayBack, MergeKind merge)
    {
        // Member m has its thresholds raised by 6 m: the middle one is the majority everywhere.
        AnalyticPackageOptions options = new()
        {
            Thresholds = [100, 124], Steepness = 0.4, PatchSize = [4, 6, 6], Activation = activation, Spacing = [2.0, 1.7, 1.7], Orientation = "LPS",
            Members = 3, MemberShift = 6, Change = manifest => manifest with { Grid = manifest.Grid with { WayBack = wayBack } },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.All().ElementAt(17)));
        List<SegmentationProgress> progress = [];
        SegmentationResult result = new SegmentationPipeline().Run(image, model, new SegmentationOptions
        {
            Ensemble = new EnsembleOptions { Merge = merge }, Tta = new TtaOptions { Views = ["flip-i"] },
        }, null, new Listener(progress.Add), CancellationToken.None);

        int[] middle = Labels(image, model, new EnsembleOptions { Members = ["1"] });
        Assert.Equal(3, middle.Distinct().Count());
        Assert.Equal(middle, PositionImages.Labels(result.Labels));
        RunMerging report = result.Report.Merging!;
        int[] first = Labels(image, model, new EnsembleOptions { Members = ["0"] }), last = Labels(image, model, new EnsembleOptions { Members = ["2"] });
        Assert.Equal(middle.Where((label, n) => label != first[n] || label != last[n]).Count(), report.DisputedVoxels);
        Assert.Equal(merge.ToString().ToLowerInvariant(), report.Merge);
        long patches = result.Report.Grids.Patches;
        Assert.Equal(Enumerable.Range(0, (int)(3 * patches) + 1).Select(n => (n, 3 * patches)),
            progress.Where(p => p.Phase == SegmentationPhase.Predicting).Select(p => ((int)p.PatchesDone, p.PatchesTotal)));

        // The recipe repeats the run.
        string json = System.Text.Json.JsonSerializer.Serialize(result.Report.Recipe.Options, SegmentationOptions.Json);
        SegmentationResult again = new SegmentationPipeline().Run(image, model, OptionsReader.Parse(json), null, null, CancellationToken.None);
        Assert.Equal(middle, PositionImages.Labels(again.Labels));
        Assert.Equal(report.DisputedVoxels, again.Report.Merging!.DisputedVoxels);
    }

    [Fact]
    public void Run_WeightedVote_LetsOneMemberOutvoteTwo()
    {
        AnalyticPackageOptions options = new() { Thresholds = [100], Members = 3, MemberShift = 10 };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        Volume image = PositionImages.Image(PositionImages.Oblique(AxisOrientation.None));
        Assert.Equal(Labels(image, model, new EnsembleOptions { Members = ["2"] }),
            Labels(image, model, new EnsembleOptions { Merge = MergeKind.Vote, Weights = [1, 1, 3] }));
        // Two members of which one says background: a tie goes to the lower class.
        Assert.Equal(Labels(image, model, new EnsembleOptions { Members = ["1"] }),
            Labels(image, model, new EnsembleOptions { Members = ["1", "0"], Merge = MergeKind.Vote }));
    }

    [Fact]
    public void Run_PlanarImageOfTwoDimensionalMembers_IsVotedOn()
    {
        AnalyticPackageOptions options = new() { Dimensionality = 2, Thresholds = [60], PatchSize = [5, 7], Members = 3, MemberShift = 20 };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        byte[] pixels = [.. Enumerable.Range(0, 13 * 21).Select(n => (byte)(n % 21 * 9))];
        Volume image = new(VolumeGeometry.AxisAligned(new GridSize(1, 13, 21), new SpacingMm(1, 1, 0.5)), [pixels]);
        Assert.Equal(pixels.Select(p => p > 80 ? 1 : 0), Labels(image, model, new EnsembleOptions { Merge = MergeKind.Vote }));
    }

    private static int[] Labels(Volume image, LoadedModel model, EnsembleOptions ensemble) => PositionImages.Labels(
        new SegmentationPipeline().Run(image, model, new SegmentationOptions { Ensemble = ensemble }, null, null, CancellationToken.None).Labels);

    private sealed class Listener(Action<SegmentationProgress> hear) : IProgress<SegmentationProgress>
    {
        public void Report(SegmentationProgress value) => hear(value);
    }
}
