using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Prediction;
using MedISeg.Inference.WayBack;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Prediction;

[Trait("Category", "Kernel")]
public sealed class SamplePredictorMembersTests
{
    private static readonly double[] Equal5 = [0.2, 0.2, 0.2, 0.2, 0.2];

    [Fact]
    public void Predict_Ensemble2d_EqualsMedISegAverageWithStrictHalf()
    {
        float[] probs = NpyFile.Golden("ensemble2d/probs.npy").ToFloats();
        float[] mean = Predict(probs, 1, 32 * 32, Equal5, new GridSize(1, 32, 32));
        // A binary network gives two channels; the tie at exactly one half is background.
        float[] best = [.. mean.Select(p => 1 - p)];
        int[] labels = new int[mean.Length];
        LabelDecision.TakeBetter(mean, 1, best, labels);
        Assert.Equal(NpyFile.Golden("ensemble2d/avg_mask.npy").ToBytes().Select(b => b > 0 ? 1 : 0), labels);
        Assert.Equal([0, 0, 0, 0], labels[..4]);
    }

    [Fact]
    public void Predict_Ensemble3d_EqualsMedISegAverage()
    {
        float[] probs = NpyFile.Golden("ensemble3d/probs.npy").ToFloats();
        int voxels = 6 * 7 * 5;
        float[] mean = Predict(probs, 3, voxels, Equal5, new GridSize(6, 7, 5));
        float[] best = mean[..voxels];
        int[] labels = new int[voxels];
        for (int c = 1; c < 3; c++) LabelDecision.TakeBetter(mean.AsSpan(c * voxels, voxels), c, best, labels);
        Assert.Equal(NpyFile.Golden("ensemble3d/avg.npy").ToBytes().Select(b => (int)b), labels);
    }

    [Fact]
    public void Predict_Weights_AreScaledToSumOne()
    {
        float[] probs = [1, 0, 0.5f, 0, 1, 0.5f];
        Assert.Equal([0.75f, 0.25f, 0.5f], Predict(probs, 1, 3, [3, 1], new GridSize(1, 1, 3)));
    }

    private static float[] Predict(float[] probs, int classes, int voxels, double[] weights, GridSize size)
    {
        IPatchPredictor[] members = [.. weights.Select((_, m) =>
            (IPatchPredictor)new ScoresPredictor(1, classes, (_, _, scores) => probs.AsSpan(m * classes * voxels, classes * voxels).CopyTo(scores)))];
        float[] mean = new float[classes * voxels];
        new SamplePredictor(members, weights, [SampleView.Identity], default).Predict(new float[voxels], size, mean, CancellationToken.None);
        return mean;
    }
}
