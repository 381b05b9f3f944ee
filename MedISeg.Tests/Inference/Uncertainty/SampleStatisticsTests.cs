using MedISeg.Inference.Options;
using MedISeg.Inference.Uncertainty;

namespace MedISeg.Tests.Inference.Uncertainty;

[Trait("Category", "Kernel")]
public sealed class SampleStatisticsTests
{
    private static readonly OutputKind[] Kinds = [OutputKind.Variance, OutputKind.Disagreement, OutputKind.MutualInformation];

    [Theory]
    [InlineData(3, false, false, 7)]
    [InlineData(3, false, true, 520)]
    [InlineData(4, true, false, 1)]
    [InlineData(2, true, true, 1030)]
    public void Write_WeightedSamples_EqualsTheDefinitionsInDouble(int channels, bool regions, bool logits, int voxels)
    {
        double[] weights = [1, 0.5, 0.25, 1];
        Random random = new(voxels);
        ScoreMeaning meaning = new(channels, regions, logits, 0.4f);
        float[][] samples = [.. weights.Select(_ => Sample(random, channels, voxels, logits))];
        SampleStatistics statistics = new(meaning, Kinds);
        // What an earlier patch left must not show.
        statistics.Begin(voxels);
        statistics.Take(samples[0], 3);
        statistics.Begin(voxels);
        for (int s = 0; s < samples.Length; s++) statistics.Take(samples[s], (float)weights[s]);
        float[] values = new float[3 * voxels];
        statistics.Write(values);

        for (int v = 0; v < voxels; v++)
        {
            double[][] p = [.. samples.Select(sample => Probabilities([.. Enumerable.Range(0, channels).Select(c => (double)sample[c * voxels + v])], regions, logits))];
            double[] mean = [.. Enumerable.Range(0, channels).Select(c => p.Select((x, s) => x[c] * weights[s]).Sum() / weights.Sum())];
            double variance = Enumerable.Range(0, channels).Average(c => p.Select((x, s) => weights[s] * Math.Pow(x[c] - mean[c], 2)).Sum() / weights.Sum());
            double information = Entropy(mean, regions) - p.Select((x, s) => weights[s] * Entropy(x, regions)).Sum() / weights.Sum();
            Assert.Equal(variance, values[v], 1e-6);
            Assert.Equal(Disagreement(p, weights, regions), values[voxels + v], 1e-6);
            Assert.Equal(information, values[2 * voxels + v], 2e-6);
        }
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Entropy_CertainAndUndecidedVoxels_AreZeroAndOne(int channels, bool regions)
    {
        // Voxel 0: one class certain; voxel 1: all alike.
        float[] p = [.. Enumerable.Range(0, channels).SelectMany(c => new[] { c == 0 ? 1f : 0f, regions ? 0.5f : 1f / channels })], entropy = new float[2];
        UncertaintyKernels.Entropy(p, new ScoreMeaning(channels, regions, false, 0.5f), entropy);
        Assert.Equal(0, entropy[0], 1e-6f);
        Assert.Equal(1, entropy[1], 1e-6f);
        UncertaintyKernels.Entropy([], new ScoreMeaning(channels, regions, false, 0.5f), []);
    }

    internal static double Entropy(double[] p, bool regions) => regions
        ? p.Average(x => Term(x) + Term(1 - x)) / Math.Log(2)
        : p.Sum(Term) / Math.Log(p.Length);

    private static double Term(double p) => p > 0 ? -p * Math.Log(p) : 0;

    private static double Disagreement(double[][] p, double[] weights, bool regions)
    {
        double total = weights.Sum();
        if (regions)
            return Enumerable.Range(0, p[0].Length).Average(r =>
            {
                double present = p.Select((x, s) => x[r] > 0.4f ? weights[s] : 0).Sum();
                return Math.Min(present, total - present) / total;
            });
        int[] said = [.. p.Select(x => Array.IndexOf(x, x.Max()))];
        return 1 - said.Distinct().Max(c => said.Select((x, s) => x == c ? weights[s] : 0).Sum()) / total;
    }

    private static double[] Probabilities(double[] scores, bool regions, bool logits)
    {
        if (!logits) return scores;
        if (regions) return [.. scores.Select(x => 1 / (1 + Math.Exp(-x)))];
        double sum = scores.Sum(Math.Exp);
        return [.. scores.Select(x => Math.Exp(x) / sum)];
    }

    private static float[] Sample(Random random, int channels, int voxels, bool logits)
    {
        float[] scores = [.. Enumerable.Range(0, channels * voxels).Select(_ => random.NextSingle() * (logits ? 8 : 1) - (logits ? 4 : 0))];
        if (logits) return scores;
        for (int v = 0; v < voxels; v++)
        {
            float sum = Enumerable.Range(0, channels).Sum(c => scores[c * voxels + v]);
            for (int c = 0; c < channels; c++) scores[c * voxels + v] /= sum;
        }
        return scores;
    }
}
