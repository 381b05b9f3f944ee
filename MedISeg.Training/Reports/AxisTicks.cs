namespace MedISeg.Training.Reports;

/// <summary>Round numbers along an axis.</summary>
/// <param name="Low">First tick: at or below the smallest value.</param>
/// <param name="High">Last tick: at or above the largest value.</param>
/// <param name="Step">Between ticks: 1, 2 or 5 times a power of ten.</param>
internal readonly record struct AxisTicks(double Low, double High, double Step)
{
    /// <summary>Chooses ticks.</summary>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Largest value; where it is not above the smallest, a range around it is taken.</param>
    /// <param name="count">About how many ticks.</param>
    public static AxisTicks Around(double low, double high, int count)
    {
        if (!(high > low))
        {
            double half = low == 0 ? 0.5 : Math.Abs(low) / 2;
            (low, high) = (low - half, low + half);
        }
        double rough = (high - low) / count;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = (rough / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
        return new AxisTicks(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step);
    }

    /// <summary>The ticks, ascending.</summary>
    public IEnumerable<double> Values()
    {
        int count = (int)Math.Round((High - Low) / Step);
        for (int n = 0; n <= count; n++)
        {
            double value = Low + n * Step;
            yield return Math.Abs(value) < Step * 1e-9 ? 0 : value;
        }
    }

    /// <summary>Place of a value: 0 at <see cref="Low"/>, 1 at <see cref="High"/>.</summary>
    public double Share(double value) => (value - Low) / (High - Low);
}
