using CsCheck;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>Pointwise ONNX networks of any kind on oblique images of any size and axis order, against references voxel by voxel.</summary>
public sealed class PipelinePropertyTests : IDisposable
{
    private static readonly Affine Oblique = new(new(0.9, 0.1, -0.05), new(-0.15, 1.3, 0.2), new(0.2, -0.3, 2.4), new(-2, 3, 1));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_AnyPackageImageAndOptions_EqualsANaiveFullVolumeReference()
    {
        long seen = 0, clearVoxels = 0;
        Gen.Int[0, 1 << 20].Check(40, seed =>
        {
            Random random = new(seed);
            AnalyticPackageOptions package = Package(random, $"p{seed}");
            VolumeGeometry geometry = Geometry(random, least: 1);
            int axis = package.Dimensionality == 2 ? random.Next(3) : 0;
            Volume image = PositionImages.Image(geometry);
            (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, package);
            using ModelCatalog owned = catalog;
            SegmentationOptions request = new()
            {
                SlidingWindow = Window(random, package.Dimensionality),
                Tta = new TtaOptions { Views = [.. model.Manifest.Views.Allowed.Where(name => name.StartsWith("flip-", StringComparison.Ordinal) && random.Next(4) == 0)] },
                Slices = new SliceOptions { Axis = (SliceAxis)axis },
            };
            int[] labels;
            try
            {
                labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, request, null, null, CancellationToken.None).Labels);
            }
            catch (SegmentationException fault)
            {
                Assert.Equal((ErrorCode.DimensionMismatch, 1), (fault.Code, geometry.Grid.Depth));
                return;
            }
            (int[] expected, bool[] clear) = NaiveReference.Segment(image, model.Manifest, package, geometry.Grid.Depth == 1 ? 0 : axis);
            for (int n = 0; n < labels.Length; n++)
                if (clear[n]) Assert.Equal(expected[n] == 0 ? 0 : package.ClassIds![expected[n] - 1], labels[n]);
            seen += labels.Length;
            clearVoxels += clear.Count(c => c);
        });
        Assert.True(seen > 1000 && clearVoxels > 0.9 * seen, $"{clearVoxels} of {seen} voxels are clear");
    }

    [Fact]
    public void Run_AnyMembersWeightsRegionsAndThreshold_EqualsTheMeanOrVoteOfTheirScores()
    {
        long seen = 0, clearVoxels = 0;
        Gen.Int[0, 1 << 20].Check(30, seed =>
        {
            Random random = new(seed);
            MemberScores members = new(random);
            MergeKind merge = random.Next(2) == 0 ? MergeKind.Mean : MergeKind.Vote;
            int[] ids = [random.Next(1, 300), random.Next(300, 65536)];
            (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, members.Package($"p{seed}", ids, random));
            using ModelCatalog owned = catalog;
            Volume image = PositionImages.Image(Geometry(random, least: 2));
            SegmentationOptions request = new()
            {
                SlidingWindow = Window(random, 3), Ensemble = new EnsembleOptions { Merge = merge, Weights = members.Weights },
            };
            int[] labels = PositionImages.Labels(new SegmentationPipeline().Run(image, model, request, null, null, CancellationToken.None).Labels);
            float[] values = image.ToFloats(0);
            for (int n = 0; n < values.Length; n++)
            {
                (int place, bool clear) = merge == MergeKind.Mean ? members.Mean(values[n]) : members.Vote(values[n]);
                seen++;
                if (!clear) continue;
                clearVoxels++;
                Assert.Equal(place == 0 ? 0 : ids[place - 1], labels[n]);
            }
        });
        Assert.True(seen > 1000 && clearVoxels > 0.9 * seen, $"{clearVoxels} of {seen} voxels are clear");
    }

    private static AnalyticPackageOptions Package(Random random, string name)
    {
        int dimensions = random.Next(4) == 0 ? 2 : 3;
        int[] patch = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(1, 8))];
        double[] spacing = [.. patch.Select(_ => 0.6 + 2 * random.NextDouble())];
        ActivationKind activation = (ActivationKind)random.Next(3);
        WayBackKind way = random.Next(3) == 0 ? WayBackKind.Labels : WayBackKind.Scores;
        int[] ids = [random.Next(1, 300), random.Next(300, 65536)];
        if (random.Next(2) == 0) Array.Reverse(ids);
        return new AnalyticPackageOptions
        {
            Name = name, Dimensionality = dimensions, Thresholds = [155, 168], Steepness = 0.4, ClassIds = ids, PatchSize = patch, Activation = activation,
            Domain = activation == ActivationKind.None ? ScoreDomain.Probabilities : (ScoreDomain)random.Next(2),
            ValidPadding = random.Next(3) == 0 && patch.Min() > 2 ? 1 : 0,
            Spacing = random.Next(3) == 0 ? null : spacing,
            Orientation = new[] { "LPS", "RSP", "AIL" }[random.Next(3)],
            Change = manifest => manifest with { Grid = manifest.Grid with { WayBack = way } },
        };
    }

    private static VolumeGeometry Geometry(Random random, int least) => AxisOrientation.All().ElementAt(random.Next(48)).Apply(
        new VolumeGeometry(new GridSize(random.Next(least, 10), random.Next(least, 10), random.Next(least, 10)), Oblique));

    private static SlidingWindowOptions Window(Random random, int dimensions) => new()
    {
        Overlap = [.. Enumerable.Range(0, dimensions).Select(_ => 0.95 * random.NextDouble())], Positions = (PatchPlacement)random.Next(2),
        Blend = (BlendKind)random.Next(2), Padding = (PaddingKind)random.Next(3),
    };
}
