namespace MedISeg.Imaging.Metrics;

/// <summary>Quantiles, linear between neighbours as numpy's default.</summary>
internal static class Quantile
{
    /// <summary>Quantile of sorted values.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="share">In [0, 1]: 0.5 is the median.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return low + (high - low) * (place - below);
    }
}
