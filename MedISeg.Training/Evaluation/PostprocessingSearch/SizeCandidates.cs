namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>Smallest volumes that are worth trying.</summary>
internal static class SizeCandidates
{
    private const double SameSize = 1e-6;

    /// <summary>Limits between the sizes of components that occur, evenly spread on a logarithmic scale.</summary>
    /// <param name="volumesMm3">Volume of every component, above 0, in any order.</param>
    /// <param name="most">Most limits, at least 1.</param>
    /// <returns>Ascending; each divides the components into some below and some above it. None where all have one size.</returns>
    public static IReadOnlyList<double> Of(IEnumerable<double> volumesMm3, int most)
    {
        double[] sizes = [.. volumesMm3.Order()];
        List<double> between = [];
        for (int n = 1; n < sizes.Length; n++)
            if (sizes[n] > sizes[n - 1] * (1 + SameSize)) between.Add(Between(sizes[n - 1], sizes[n]));
        if (between.Count <= most) return between;
        double low = Math.Log(between[0]), high = Math.Log(between[^1]);
        return [.. Enumerable.Range(0, most)
            .Select(n => Math.Exp(low + (high - low) * n / Math.Max(1, most - 1)))
            .Select(wanted => between.MinBy(limit => Math.Abs(Math.Log(limit / wanted))))
            .Distinct()];
    }

    /// <summary>The middle, with as few digits as keep it between.</summary>
    private static double Between(double low, double high)
    {
        double middle = (low + high) / 2;
        for (int digits = 0; digits <= 12; digits++)
        {
            double unit = Math.Pow(10, Math.Floor(Math.Log10(middle)) - digits), rounded = Math.Round(Math.Round(middle / unit) * unit, 12);
            if (rounded > low * (1 + SameSize) && rounded < high * (1 - SameSize)) return rounded;
        }
        return middle;
    }
}
