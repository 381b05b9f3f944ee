namespace MedISeg.Imaging.Intensity;

/// <summary>Mean and standard deviation of values in memory.</summary>
public static class IntensityMoments
{
    /// <summary>In double precision, two passes; the deviation is that of the values themselves (divided by their number).</summary>
    /// <param name="values">At least one.</param>
    public static (double Mean, double Deviation) Of(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (float value in values) sum += value;
        double mean = sum / values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(squares / values.Length));
    }
}
