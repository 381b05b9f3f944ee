using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Tests.Inference.Models;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Prediction;

public sealed class EmptyPatchPredictorTests : IDisposable
{
    private static readonly GridSize Patch = new(1, 2, 3);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Predict_Batch_SparesWhatIsConstantAtTheSmallestValueInEveryChannel()
    {
        // Channel 0 lies in [-2, 8], channel 1 in [3, 5].
        ScoresPredictor network = new(2, 3, (patch, _, scores) => scores.Fill(patch.Length));
        EmptyPatchPredictor predictor = new(network, [[-2, 8], [5, 3]], Manifests.ThreeD());
        float[] air = [.. Both(-2, 3)], nearly = [.. Both(-1.9999f, 3)], high = [.. Both(8, 5)], half = [.. Both(-2, 5)], spot = [.. air];
        spot[11] = 3.1f;
        float[] scores = new float[7 * 3 * 6];
        predictor.Predict([.. air, .. half, .. high, .. nearly, .. air, .. spot, .. air], Patch, scores, CancellationToken.None);

        Assert.Equal((4L, 2), (predictor.Skipped, network.Calls));
        for (int n = 0; n < 7; n++)
        {
            float[] seen = scores[(n * 18)..((n + 1) * 18)];
            if (n is 1 or 2) Assert.All(seen, s => Assert.Equal(24, s));
            else if (n == 5) Assert.All(seen, s => Assert.Equal(12, s));
            else Assert.Equal([.. Enumerable.Repeat(1f, 6), .. Enumerable.Repeat(0f, 12)], seen);
        }
    }

    [Theory]
    [InlineData(ActivationKind.Softmax, ScoreDomain.Probabilities)]
    [InlineData(ActivationKind.Softmax, ScoreDomain.Logits)]
    [InlineData(ActivationKind.Sigmoid, ScoreDomain.Probabilities)]
    [InlineData(ActivationKind.Sigmoid, ScoreDomain.Logits)]
    public void Predict_Empty_IsBackgroundWithProbabilityOne(ActivationKind activation, ScoreDomain domain)
    {
        ModelManifest manifest = Manifests.ThreeD();
        manifest = manifest with { Network = manifest.Network with { Activation = activation, Domain = domain } };
        int classes = manifest.ScoreChannels();
        EmptyPatchPredictor predictor = new(new ScoresPredictor(1, classes, (_, _, _) => Assert.Fail("the network must not run")), [[0, 1]], manifest);
        float[] scores = new float[classes * 6];
        predictor.Predict(new float[6], Patch, scores, CancellationToken.None);
        if (domain == ScoreDomain.Logits) Activation.Apply(scores, classes, activation, ScoreDomain.Probabilities, 1);
        float[] expected = activation == ActivationKind.Softmax ? [.. Enumerable.Repeat(1f, 6), .. new float[12]] : new float[12];
        for (int n = 0; n < scores.Length; n++) Assert.Equal(expected[n], scores[n], 1e-30f);
    }

    [Fact]
    public void Predict_ChannelsBesideTheScores_AreZero()
    {
        ModelManifest manifest = Manifests.ThreeD();
        manifest = manifest with { Network = manifest.Network with { Domain = ScoreDomain.Logits } };
        EmptyPatchPredictor predictor = new(new ScoresPredictor(1, 5, (_, _, _) => Assert.Fail("the network must not run")), [[0, 1]], manifest);
        float[] scores = [.. Enumerable.Repeat(7f, 30)];
        predictor.Predict(new float[6], Patch, scores, CancellationToken.None);
        Assert.All(scores[..6], s => Assert.Equal(0, s));
        Assert.All(scores[6..18], s => Assert.True(s < -100));
        Assert.All(scores[18..], s => Assert.Equal(0, s));
    }

    [Theory]
    [InlineData(ScoreDomain.Probabilities, MergeKind.Mean)]
    [InlineData(ScoreDomain.Logits, MergeKind.Mean)]
    [InlineData(ScoreDomain.Probabilities, MergeKind.Vote)]
    public void Run_SkipEmpty_GivesTheSameLabelsAndCountsPatches(ScoreDomain domain, MergeKind merge)
    {
        AnalyticPackageOptions options = new()
        {
            Thresholds = [10, 30], Steepness = 2, PatchSize = [4, 6, 5], Spacing = [2, 1.5, 1.5], Domain = domain, Members = 2, MemberShift = 1,
            Change = manifest => manifest with
            {
                Intensity = [new ClipStep(-50, 90)], Network = manifest.Network with { SkipEmpty = true },
                Grid = manifest.Grid with { Interpolation = InterpolationKind.Cubic },
            },
        };
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_folder.Path, options);
        using ModelCatalog owned = catalog;
        GridSize size = new(20, 24, 30);
        short[] values = new short[size.VoxelCount];
        for (int k = 0; k < 20; k++)
            for (int j = 0; j < 24; j++)
                for (int i = 0; i < 30; i++)
                    values[size.Offset(k, j, i)] = (short)(k is > 3 and < 8 && j is > 5 and < 14 && i > 18 ? j < 9 ? 22 : i * 3 : -1000 + (k * j + i) % 7);
        Volume image = new(VolumeGeometry.AxisAligned(size, new SpacingMm(2.5, 1, 1)), [values]);

        SegmentationResult all = Run(false), skipping = Run(true);

        Assert.Equal(all.Labels.Bytes.ToArray(), skipping.Labels.Bytes.ToArray());
        Assert.Equal(0, all.Report.Grids.SkippedPatches);
        Assert.InRange(skipping.Report.Grids.SkippedPatches, all.Report.Grids.Patches / 2, all.Report.Grids.Patches - 8);
        Assert.True(skipping.Report.Recipe.Options.SlidingWindow!.SkipEmpty);
        Assert.All(skipping.Report.Segments, s => Assert.True(s.Voxels > 20));
        // Where nothing was predicted nothing is uncertain; elsewhere the maps do not know of it.
        for (int m = 0; m < 2; m++)
        {
            float[] expected = all.Uncertainty[m].Values.ToFloats(0), found = skipping.Uncertainty[m].Values.ToFloats(0);
            for (int n = 0; n < expected.Length; n++) Assert.Equal(expected[n], found[n], 1e-4f);
            Assert.True(found.Max() > 0.01);
        }

        SegmentationResult Run(bool skip) => new SegmentationPipeline().Run(image, model, new SegmentationOptions
        {
            SlidingWindow = new SlidingWindowOptions { SkipEmpty = skip }, Ensemble = new EnsembleOptions { Merge = merge },
            Outputs = [OutputKind.Entropy, OutputKind.Variance],
        }, null, null, CancellationToken.None);
    }

    private static IEnumerable<float> Both(float first, float second) => [.. Enumerable.Repeat(first, 6), .. Enumerable.Repeat(second, 6)];
}
