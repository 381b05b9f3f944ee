using MedISeg.Imaging.Metrics;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation.Statistics;

/// <summary>Confidence intervals by drawing cases anew (percentile bootstrap).</summary>
internal static class Bootstrap
{
    /// <summary>Stream of the seed's random numbers that only this class draws from.</summary>
    private const int Stream = 71;

    /// <summary>Interval of the mean.</summary>
    /// <param name="values">One value a case, at least 1, finite.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <param name="confidence">In (0, 1).</param>
    /// <param name="draws">How many means are drawn, at least 1.</param>
    /// <returns>Quantiles of the drawn means, between neighbours linear.</returns>
    /// <exception cref="ArgumentException">No value, or a parameter out of its range.</exception>
    public static (double Low, double High) MeanInterval(ReadOnlySpan<double> values, int seed, double confidence = 0.95, int draws = 10_000)
    {
        if (values.Length == 0) throw new ArgumentException("At least one value is needed.", nameof(values));
        if (confidence is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence));
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        double[] means = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            SeededRandom random = new(seed, draw, Stream);
            double sum = 0;
            for (int n = 0; n < values.Length; n++) sum += values[random.NextInt(values.Length)];
            means[draw] = sum / values.Length;
        }
        Array.Sort(means);
        return (Quantile.OfSorted(means, (1 - confidence) / 2), Quantile.OfSorted(means, (1 + confidence) / 2));
    }
}
