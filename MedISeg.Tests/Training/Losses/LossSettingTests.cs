using MedISeg.Tests.Support;
using MedISeg.Training.Losses;

namespace MedISeg.Tests.Training.Losses;

/// <summary>Settings that differ from the paper's, against sums written out and cases worked out by hand.</summary>
[Collection(TrainingTests.Name)]
public sealed class LossSettingTests
{
    private const int Samples = 2, Classes = 3, Voxels = 216;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Dice_EverySetting_EqualsTheSumWrittenOut(bool background, bool batch)
    {
        const double Smooth = 0.5;
        (double[,] both, double[,] predicted, double[,] truth) = Counts();
        List<double> dice = [];
        for (int c = background ? 0 : 1; c < Classes; c++)
            if (batch)
                dice.Add((2 * (both[0, c] + both[1, c]) + Smooth) / (predicted[0, c] + predicted[1, c] + truth[0, c] + truth[1, c] + Smooth));
            else
                for (int s = 0; s < Samples; s++) dice.Add((2 * both[s, c] + Smooth) / (predicted[s, c] + truth[s, c] + Smooth));
        LossOptions options = new() { Name = LossName.Dice, IncludeBackground = background, BatchDice = batch, Smooth = Smooth };
        Assert.Equal(1 - dice.Average(), Golden(options), 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Iou_WithAndWithoutBackground_EqualsTheSumWrittenOut(bool background)
    {
        (double[,] both, double[,] predicted, double[,] truth) = Counts();
        List<double> iou = [];
        for (int s = 0; s < Samples; s++)
            for (int c = background ? 0 : 1; c < Classes; c++)
                iou.Add((both[s, c] + 0.5) / (predicted[s, c] + truth[s, c] - both[s, c] + 0.5));
        Assert.Equal(1 - iou.Average(), Golden(new LossOptions { Name = LossName.Iou, IncludeBackground = background, IouSmooth = 0.5 }), 1e-5);
    }

    [Theory]
    [InlineData(DefectMode.Fixed, 1 - 1 / 1.3, 1 - 1 / 1.7)]
    [InlineData(DefectMode.Compat, 1 - 1 / 1.7, 1 - 1 / 1.3)]
    public void Tversky_OneVoxelTooManyOrTooFew_CostsLessThenMoreUnlessCompat(DefectMode mode, double tooMany, double tooFew)
    {
        LossOptions options = new() { Name = LossName.Tversky, Mode = mode, IncludeBackground = false };
        Assert.Equal(tooMany, Certain([1, 1, 0, 0, 0], [1, 0, 0, 0, 0], options), 1e-5);
        Assert.Equal(tooFew, Certain([1, 0, 0, 0, 0], [1, 1, 0, 0, 0], options), 1e-5);
    }

    [Fact]
    public void Tversky_SameSampleTwice_CountsOnceUnlessCompat()
    {
        LossOptions options = new() { Name = LossName.Tversky, FalsePositives = 0.5, FalseNegatives = 0.5, IncludeBackground = false };
        float[] once = Logits([1, 1, 0, 0, 0, 1]);
        byte[] truth = [1, 0, 0, 1, 0, 1];
        double One(DefectMode mode) => GoldenLosses.Evaluate(new NpyFile([1, 2, 2, 3], once), truth, options with { Mode = mode }).Value;
        double Two(DefectMode mode) =>
            GoldenLosses.Evaluate(new NpyFile([2, 2, 2, 3], (float[])[.. once, .. once]), [.. truth, .. truth], options with { Mode = mode }).Value;
        Assert.Equal(1.0 / 3, One(DefectMode.Fixed), 1e-5);
        Assert.Equal(1.0 / 3, One(DefectMode.Compat), 1e-5);
        Assert.Equal(1.0 / 3, Two(DefectMode.Fixed), 1e-5);
        Assert.Equal(-1.0 / 3, Two(DefectMode.Compat), 1e-5);
    }

    [Theory]
    [InlineData(0.1, 4)]
    [InlineData(0.4, 3)]
    [InlineData(0.66, 7.0 / 3)]
    [InlineData(1, 1.375)]
    public void Ohem_Share_IsRoundedDownButAtLeastOneVoxel(double share, double expected)
    {
        // With logits 0 and d cross-entropy of background is log(1 + e^d).
        double[] losses = [0.25, 2, 0.5, 4, 1, 0.5];
        float[] logits = [.. new float[6], .. losses.Select(l => (float)Math.Log(Math.Exp(l) - 1))];
        LossOptions options = new() { Name = LossName.Ohem, HardShare = share };
        Assert.Equal(expected, GoldenLosses.Evaluate(new NpyFile([1, 2, 2, 3], logits), new byte[6], options).Value, 1e-5);
    }

    [Theory]
    [InlineData(0.5, 0.25)]
    [InlineData(0.75, 3)]
    public void Focal_OtherParameters_EqualTheSumWrittenOut(double alpha, double gamma)
    {
        double[,,] p = Probabilities();
        byte[] labels = GoldenLosses.Read("losses3d/labels.npy").ToBytes();
        double sum = 0;
        for (int s = 0; s < Samples; s++)
            for (int v = 0; v < Voxels; v++)
            {
                int label = labels[s * Voxels + v];
                sum -= (label == 0 ? alpha : 1 - alpha) * Math.Pow(1 - p[s, label, v], gamma) * Math.Log(p[s, label, v]);
            }
        LossOptions options = new() { Name = LossName.Focal, FocalAlpha = alpha, FocalGamma = gamma, FocalSmooth = 1e-7 };
        Assert.Equal(sum / (Samples * Voxels), Golden(options), 1e-5);
    }

    [Fact]
    public void Focal_CertainAndRightWithABrokenPower_HasAFiniteGradient()
    {
        (double value, float[] gradient) = GoldenLosses.Evaluate(
            new NpyFile([1, 2, 2, 3], Logits([1, 1, 0, 0, 0, 1])), [1, 1, 0, 0, 0, 1], new LossOptions { Name = LossName.Focal, FocalGamma = 0.5 });
        Assert.Equal(0, value, 1e-5);
        Assert.All(gradient, g => Assert.True(Math.Abs(g) < 1e-3, $"{g}"));
    }

    [Fact]
    public void WeightedCrossEntropy_GivenWeights_DividesByTheirSum()
    {
        // Logits of 0: every voxel costs log 2, whatever its weight.
        LossOptions options = new() { Name = LossName.WeightedCrossEntropy, ClassWeights = [0.1, 7] };
        double value = GoldenLosses.Evaluate(new NpyFile([1, 2, 2, 3], new float[12]), [1, 0, 0, 0, 0, 1], options).Value;
        Assert.Equal(Math.Log(2), value, 1e-5);
    }

    private static double Golden(LossOptions options) =>
        GoldenLosses.Evaluate(GoldenLosses.Read("losses3d/logits.npy"), GoldenLosses.Read("losses3d/labels.npy").ToBytes(), options).Value;

    private static double Certain(byte[] predicted, byte[] truth, LossOptions options) =>
        GoldenLosses.Evaluate(new NpyFile([1, 2, 1, predicted.Length], Logits(predicted)), truth, options).Value;

    /// <summary>Logits that are certain of these classes (0 or 1).</summary>
    private static float[] Logits(byte[] predicted) => [.. predicted.Select(p => p == 0 ? 50f : -50f), .. predicted.Select(p => p == 0 ? -50f : 50f)];

    private static double[,,] Probabilities()
    {
        float[] logits = GoldenLosses.Read("losses3d/logits.npy").ToFloats();
        double[,,] p = new double[Samples, Classes, Voxels];
        for (int s = 0; s < Samples; s++)
            for (int v = 0; v < Voxels; v++)
            {
                double[] e = [.. Enumerable.Range(0, Classes).Select(c => Math.Exp(logits[(s * Classes + c) * Voxels + v]))];
                for (int c = 0; c < Classes; c++) p[s, c, v] = e[c] / e.Sum();
            }
        return p;
    }

    private static (double[,] Both, double[,] Predicted, double[,] Truth) Counts()
    {
        double[,,] p = Probabilities();
        byte[] labels = GoldenLosses.Read("losses3d/labels.npy").ToBytes();
        double[,] both = new double[Samples, Classes], predicted = new double[Samples, Classes], truth = new double[Samples, Classes];
        for (int s = 0; s < Samples; s++)
            for (int c = 0; c < Classes; c++)
                for (int v = 0; v < Voxels; v++)
                {
                    double t = labels[s * Voxels + v] == c ? 1 : 0;
                    both[s, c] += p[s, c, v] * t;
                    predicted[s, c] += p[s, c, v];
                    truth[s, c] += t;
                }
        return (both, predicted, truth);
    }
}
