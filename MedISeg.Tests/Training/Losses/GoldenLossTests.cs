using MedISeg.Tests.Support;
using MedISeg.Training.Losses;

namespace MedISeg.Tests.Training.Losses;

/// <summary>Every loss by its name, against the numbers of the paper's code: value to 1e-5, gradient to 1e-6.</summary>
[Collection(TrainingTests.Name)]
public sealed class GoldenLossTests
{
    [Theory]
    [InlineData("losses2d", "ce", LossName.CrossEntropy, DefectMode.Fixed)]
    [InlineData("losses2d", "wce_0.2_0.8", LossName.WeightedCrossEntropy, DefectMode.Fixed)]
    [InlineData("losses2d", "wce_0.2_0.8", LossName.WeightedCrossEntropy, DefectMode.Compat)]
    [InlineData("losses2d", "dice", LossName.Dice, DefectMode.Fixed)]
    [InlineData("losses2d", "iou_smooth1", LossName.Iou, DefectMode.Fixed)]
    [InlineData("losses2d", "focal", LossName.Focal, DefectMode.Fixed)]
    [InlineData("losses2d", "tversky", LossName.Tversky, DefectMode.Compat)]
    [InlineData("losses2d", "ohem", LossName.Ohem, DefectMode.Fixed)]
    [InlineData("losses3d", "ce", LossName.CrossEntropy, DefectMode.Fixed)]
    [InlineData("losses3d", "wce_0.1_0.5_1.0", LossName.WeightedCrossEntropy, DefectMode.Fixed)]
    [InlineData("losses3d", "dice", LossName.Dice, DefectMode.Fixed)]
    [InlineData("losses3d", "focal", LossName.Focal, DefectMode.Fixed)]
    [InlineData("losses3d", "tversky", LossName.Tversky, DefectMode.Compat)]
    [InlineData("losses3d", "ohem", LossName.Ohem, DefectMode.Fixed)]
    public void Run_PaperLossByName_HasItsValueAndGradient(string folder, string key, LossName name, DefectMode mode)
    {
        (double value, float[] gradient) = GoldenLosses.Evaluate(
            GoldenLosses.Read($"{folder}/logits.npy"), GoldenLosses.Read($"{folder}/labels.npy").ToBytes(), new LossOptions { Name = name, Mode = mode });
        Assert.Equal(Assert.Single(GoldenLosses.Numbers(folder, "values", key)), value, 1e-5);
        GoldenLosses.AssertClose(GoldenLosses.Read($"{folder}/grad_{key}.npy").ToFloats(), gradient);
    }

    [Fact]
    public void Run_PixelWceWithTheGoldenMap_HasItsValueAndGradient()
    {
        (double value, float[] gradient) = GoldenLosses.Evaluate(
            GoldenLosses.Read("losses2d/logits.npy"), GoldenLosses.Read("losses2d/labels.npy").ToBytes(),
            new LossOptions { Name = LossName.PixelCrossEntropy }, GoldenLosses.Read("losses2d/pixel_weight.npy").ToFloats());
        Assert.Equal(Assert.Single(GoldenLosses.Numbers("losses2d", "values", "pixel_wce")), value, 1e-5);
        GoldenLosses.AssertClose(GoldenLosses.Read("losses2d/grad_pixel_wce.npy").ToFloats(), gradient);
    }

    [Theory]
    [InlineData("ce", LossName.CrossEntropy)]
    [InlineData("wce_0.2_0.8", LossName.WeightedCrossEntropy)]
    [InlineData("dice", LossName.Dice)]
    [InlineData("focal", LossName.Focal)]
    [InlineData("tversky", LossName.Tversky)]
    [InlineData("ohem", LossName.Ohem)]
    public void Run_VolumeOfTwoClasses_HasThePapersValue(string key, LossName name)
    {
        (NpyFile logits, byte[] labels) = Binary();
        double expected = Assert.Single(GoldenLosses.Numbers("losses3d", "binary", key));
        Assert.Equal(expected, Value(logits, labels, new LossOptions { Name = name, Mode = DefectMode.Compat }), 1e-5);
    }

    [Fact]
    public void Run_FixedTverskyWithThePapersWeights_IsTheMeanOfTheSamples()
    {
        double[] alone = [.. GoldenLosses.Numbers("losses2d", "values", "tversky_sample0"), .. GoldenLosses.Numbers("losses2d", "values", "tversky_sample1")];
        LossOptions options = new() { Name = LossName.Tversky, FalsePositives = 0.7, FalseNegatives = 0.3 };
        (double value, float[] gradient) = GoldenLosses.Evaluate(
            GoldenLosses.Read("losses2d/logits.npy"), GoldenLosses.Read("losses2d/labels.npy").ToBytes(), options);
        Assert.Equal(alone.Average(), value, 1e-5);
        // The paper's gradient is not divided by the two samples.
        GoldenLosses.AssertClose([.. GoldenLosses.Read("losses2d/grad_tversky.npy").ToFloats().Select(g => g / 2)], gradient);
    }

    [Fact]
    public void Run_TermsWithWeights_IsTheirSum()
    {
        double Of(string key) => Assert.Single(GoldenLosses.Numbers("losses3d", "values", key));
        double value = Value(GoldenLosses.Read("losses3d/logits.npy"), GoldenLosses.Read("losses3d/labels.npy").ToBytes(),
            new LossOptions { Name = LossName.CrossEntropy, Mode = DefectMode.Compat, CrossEntropy = 0.5, Dice = 2, Tversky = 0.25, Ohem = 3 });
        Assert.Equal(0.5 * Of("ce") + 2 * Of("dice") + 0.25 * Of("tversky") + 3 * Of("ohem"), value, 1e-5);
    }

    [Fact]
    public void Run_DiceAndFocalWithThePapersDice_IsTheirSum()
    {
        double value = Value(GoldenLosses.Read("losses3d/logits.npy"), GoldenLosses.Read("losses3d/labels.npy").ToBytes(),
            new LossOptions { Name = LossName.DiceAndFocal, IncludeBackground = true, BatchDice = false, Smooth = 1e-8 });
        Assert.Equal(GoldenLosses.Numbers("losses3d", "values", "dice")[0] + GoldenLosses.Numbers("losses3d", "values", "focal")[0], value, 1e-5);
    }

    private static double Value(NpyFile logits, byte[] labels, LossOptions options) => GoldenLosses.Evaluate(logits, labels, options).Value;

    /// <summary>The first two classes of the golden logits; labels above 0 are foreground.</summary>
    private static (NpyFile Logits, byte[] Labels) Binary()
    {
        NpyFile all = GoldenLosses.Read("losses3d/logits.npy");
        float[] values = all.ToFloats(), two = [.. values[..432], .. values[648..1080]];
        byte[] labels = [.. GoldenLosses.Read("losses3d/labels.npy").ToBytes().Select(l => (byte)Math.Min(l, (byte)1))];
        return (new NpyFile([2, 2, 6, 6, 6], two), labels);
    }
}
