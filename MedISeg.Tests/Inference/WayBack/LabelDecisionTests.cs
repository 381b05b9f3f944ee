using MedISeg.Inference.Models;
using MedISeg.Inference.WayBack;

namespace MedISeg.Tests.Inference.WayBack;

[Trait("Category", "Kernel")]
public sealed class LabelDecisionTests
{
    [Fact]
    public void Take_Softmax_GivesTiesToTheLowerClass() =>
        Assert.Equal([0, 2, 2, 5], Decide(DecisionManifests.Softmax(0, 2, 5), [0.5f, 0.1f, 0.2f, 0.3f], [0.5f, 0.5f, 0.4f, 0.3f], [0f, 0.4f, 0.4f, 0.4f]));

    [Fact]
    public void Take_BinaryAtExactlyOneHalf_IsBackground() =>
        Assert.Equal([0, 1], Decide(DecisionManifests.Softmax(0, 1), [0.5f, 0.49999997f], [0.5f, 0.50000003f]));

    [Fact]
    public void Take_SigmoidWithoutRegions_PaintsClassesInOrderStrictlyAboveTheThreshold()
    {
        ModelManifest manifest = DecisionManifests.Create(ActivationKind.Sigmoid, ScoreDomain.Probabilities, 0.75, [0, 3, 1], null);
        Assert.Equal(2, manifest.ScoreChannels());
        Assert.Equal([0, 3, 1, 1], Decide(manifest, [0.75f, 0.8f, 0.9f, 0f], [0.75f, 0.1f, 0.8f, 1f]));
    }

    [Fact]
    public void Take_Regions_PaintInTheirOrder()
    {
        ModelRegion[] regions = [new() { Labels = [1, 2], Paint = 1 }, new() { Labels = [2], Paint = 2 }];
        ModelManifest manifest = DecisionManifests.Create(ActivationKind.Sigmoid, ScoreDomain.Probabilities, 0.5, [0, 1, 2], regions);
        Assert.Equal([1, 2, 2, 0], Decide(manifest, [0.6f, 0.6f, 0.1f, 0.5f], [0.4f, 0.6f, 0.7f, 0.5f]));
    }

    [Fact]
    public void Take_SigmoidLogits_MovesTheThreshold()
    {
        ModelManifest manifest = DecisionManifests.Create(ActivationKind.Sigmoid, ScoreDomain.Logits, 0.75, [0, 1], null);
        float edge = MathF.Log(3);
        Assert.Equal([0, 1, 0], Decide(manifest, [edge - 1e-3f, edge + 1e-3f, 0.8f]));
    }

    private static int[] Decide(ModelManifest manifest, params float[][] channels)
    {
        LabelDecision decision = LabelDecision.For(manifest);
        float[] best = new float[channels[0].Length];
        int[] labels = [.. Enumerable.Repeat(-1, best.Length)];
        for (int c = 0; c < channels.Length; c++) decision.Take(c, channels[c], best, labels);
        return labels;
    }
}
