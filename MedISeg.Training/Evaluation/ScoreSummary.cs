using MedISeg.Imaging.Metrics;
using MedISeg.Training.Evaluation.Statistics;

namespace MedISeg.Training.Evaluation;

/// <summary>One score over many cases, of those where it is defined.</summary>
/// <param name="Defined">Cases where it is defined.</param>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">With n - 1; null below two.</param>
/// <param name="Median">Median.</param>
/// <param name="Least">Smallest.</param>
/// <param name="Greatest">Largest.</param>
/// <param name="Low">Lower end of the mean's 95 % interval, by drawing cases anew.</param>
/// <param name="High">Upper end.</param>
internal sealed record ScoreSummary(
    int Defined, double Mean, double? StandardDeviation, double Median, double Least, double Greatest, double Low, double High)
{
    private const int Draws = 2000;

    /// <summary>Sums up; null where no value is defined.</summary>
    public static ScoreSummary? Of(IEnumerable<double?> values)
    {
        double[] defined = [.. values.Where(v => v is not null).Select(v => v!.Value)];
        if (defined.Length == 0) return null;
        double mean = defined.Average();
        (double low, double high) = Bootstrap.MeanInterval(defined, seed: 0, draws: Draws);
        double? deviation = defined.Length < 2 ? null : Math.Sqrt(defined.Sum(d => (d - mean) * (d - mean)) / (defined.Length - 1));
        Array.Sort(defined);
        return new ScoreSummary(defined.Length, mean, deviation, Quantile.OfSorted(defined, 0.5), defined[0], defined[^1], low, high);
    }
}
