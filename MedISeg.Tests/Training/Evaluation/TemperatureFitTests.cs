using CsCheck;
using MedISeg.Imaging.Errors;
using MedISeg.Tests.Support;
using MedISeg.Training.Evaluation.Calibration;

namespace MedISeg.Tests.Training.Evaluation;

/// <summary>Truths are drawn from the probabilities of known logits, which are then scaled.</summary>
public sealed class TemperatureFitTests
{
    [Theory]
    [InlineData(0.4, false)]
    [InlineData(3.0, false)]
    [InlineData(0.4, true)]
    [InlineData(3.0, true)]
    public void Run_LogitsScaledByAFactor_FindsTheFactor(double factor, bool regions)
    {
        VoxelLogits logits = Draw(200_000, 3, regions, factor, new Random(5));
        TemperatureFit fit = new(logits, CancellationToken.None);
        double temperature = fit.Run();
        Assert.Equal(factor, temperature, 0.02 * factor);
        CalibrationScore before = fit.Score(1), after = fit.Score(temperature);
        Assert.True(after.NegativeLogLikelihood < before.NegativeLogLikelihood);
        Assert.True(before.CalibrationError > 0.05 && after.CalibrationError < 0.01, $"{before.CalibrationError} {after.CalibrationError}");
    }

    [Fact]
    public void Run_AnyLogits_NoTemperatureNearItIsBetter() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[2, 5], Gen.Double[0.3, 4], Gen.Bool).Check(20, (seed, channels, factor, regions) =>
        {
            TemperatureFit fit = new(Draw(6000, channels, regions, factor, new Random(seed)), CancellationToken.None);
            double temperature = fit.Run(), least = fit.Score(temperature).NegativeLogLikelihood;
            foreach (double other in (double[])[0.05, 0.5, 0.9, 0.99, 1.01, 1.1, 2, 20])
                Assert.True(fit.Score(temperature * other).NegativeLogLikelihood > least);
        });

    [Fact]
    public void Score_OfTwoVoxels_IsWhatTheDefinitionsSay()
    {
        // Class 1 is likelier by a factor of 3 in both; it is true in one. At temperature 2 by the root of 3.
        float ln3 = MathF.Log(3);
        TemperatureFit classes = new(new VoxelLogits(2, [0, ln3, 0, ln3], [1, 0], false), CancellationToken.None);
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.25)) / 2, classes.Score(1).NegativeLogLikelihood, 1e-6);
        Assert.Equal(0.25, classes.Score(1).CalibrationError, 1e-6);
        double likelier = Math.Sqrt(3) / (1 + Math.Sqrt(3));
        Assert.Equal(likelier - 0.5, classes.Score(2).CalibrationError, 1e-6);
        // Region 0 is rightly there, region 1 wrongly not; of bins (3/4 and 4/5) each errs by its own.
        TemperatureFit regions = new(new VoxelLogits(2, [ln3, -MathF.Log(4)], [0b11], true), CancellationToken.None);
        Assert.Equal(-(Math.Log(0.75) + Math.Log(0.2)) / 2, regions.Score(1).NegativeLogLikelihood, 1e-6);
        Assert.Equal((0.25 + 0.8) / 2, regions.Score(1).CalibrationError, 1e-6);
    }

    [Fact]
    public void Run_NetworkThatIsAlwaysRightOrAlwaysWrong_IsRefused()
    {
        VoxelLogits right = new(2, [3, 0, 0, 2], [0, 1], false), wrong = right with { Truth = [1, 0] };
        foreach (VoxelLogits logits in (VoxelLogits[])[right, wrong])
            Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => new TemperatureFit(logits, CancellationToken.None).Run()).Code);
    }

    private static VoxelLogits Draw(int voxels, int channels, bool regions, double factor, Random random)
    {
        float[] values = new float[voxels * channels];
        ulong[] truth = new ulong[voxels];
        for (int v = 0; v < voxels; v++)
        {
            double[] logits = [.. Enumerable.Range(0, channels).Select(_ => 4 * random.NextDouble() - 2)], shares = [.. logits.Select(Math.Exp)];
            double place = random.NextDouble() * shares.Sum();
            for (int c = 0; c < channels; c++)
            {
                values[v * channels + c] = (float)(factor * logits[c]);
                if (regions && random.NextDouble() < 1 / (1 + Math.Exp(-logits[c]))) truth[v] |= 1UL << c;
                if (!regions && shares.Take(c).Sum() <= place) truth[v] = (ulong)c;
            }
        }
        return new VoxelLogits(channels, values, truth, regions);
    }
}
