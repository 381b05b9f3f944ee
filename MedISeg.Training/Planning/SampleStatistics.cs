namespace MedISeg.Training.Planning;

/// <summary>Statistics as numpy has them.</summary>
internal static class SampleStatistics
{
    /// <summary>Percentile of sorted values, linear between neighbours.</summary>
    /// <param name="sorted">At least one value, rising.</param>
    /// <param name="percentile">In [0, 100].</param>
    public static double Percentile<T>(ReadOnlySpan<T> sorted, double percentile) where T : System.Numerics.INumber<T>
    {
        double place = percentile / 100 * (sorted.Length - 1);
        int lower = (int)place, upper = Math.Min(lower + 1, sorted.Length - 1);
        double low = double.CreateChecked(sorted[lower]), high = double.CreateChecked(sorted[upper]);
        return low + (place - lower) * (high - low);
    }

    /// <summary>Percentile of values in any order.</summary>
    public static double Percentile(IEnumerable<double> values, double percentile) => Percentile<double>((double[])[.. values.Order()], percentile);

    /// <summary>Middle value.</summary>
    public static double Median(IEnumerable<double> values) => Percentile(values, 50);

    /// <summary>All statistics of a sample, which is sorted.</summary>
    /// <param name="values">At least one value.</param>
    public static ChannelFingerprint Of(Span<float> values)
    {
        values.Sort();
        double sum = 0, squares = 0;
        foreach (float value in values) sum += value;
        double mean = sum / values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        ReadOnlySpan<float> sorted = values;
        return new ChannelFingerprint(
            mean, Percentile(sorted, 50), Math.Sqrt(squares / values.Length), sorted[0], sorted[^1], Percentile(sorted, 0.5), Percentile(sorted, 99.5));
    }
}
