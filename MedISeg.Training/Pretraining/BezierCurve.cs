namespace MedISeg.Training.Pretraining;

/// <summary>Maps [0, 1] to itself along a cubic Bezier curve between two corners; intensities below 0 and above 1 get the ends' values.</summary>
/// <remarks>Source: Models Genesis, non-linear transformation. Both coordinates rise with the curve's parameter, whatever its inner points.</remarks>
internal sealed class BezierCurve
{
    private const int Steps = 8192, Entries = 4096;
    private readonly float[] _table = new float[Entries + 1];

    /// <summary>Tabulates a curve from (0, 0) to (1, 1).</summary>
    /// <param name="first">First inner point, in [0, 1].</param>
    /// <param name="second">Second inner point, in [0, 1].</param>
    /// <param name="falling">Whether y runs the curve backwards, so that bright becomes dark.</param>
    public BezierCurve((double X, double Y) first, (double X, double Y) second, bool falling)
    {
        int step = 0;
        for (int n = 0; n <= Entries; n++)
        {
            double x = (double)n / Entries;
            while (step < Steps - 1 && At(first.X, second.X, (step + 1.0) / Steps) < x) step++;
            double left = At(first.X, second.X, (double)step / Steps), right = At(first.X, second.X, (step + 1.0) / Steps);
            double t = (step + (right > left ? Math.Clamp((x - left) / (right - left), 0, 1) : 0)) / Steps;
            _table[n] = (float)At(first.Y, second.Y, falling ? 1 - t : t);
        }
    }

    /// <summary>Draws the two inner points and, with probability 1/2, a falling curve.</summary>
    public static BezierCurve Draw(ref Data.SeededRandom random)
    {
        (double, double) first = (random.NextDouble(), random.NextDouble()), second = (random.NextDouble(), random.NextDouble());
        return new BezierCurve(first, second, random.NextDouble() < 0.5);
    }

    /// <summary>Changes intensities in place.</summary>
    public void Apply(Span<float> values)
    {
        foreach (ref float value in values)
        {
            float place = Math.Clamp(value, 0, 1) * Entries;
            int lower = Math.Min((int)place, Entries - 1);
            value = _table[lower] + (place - lower) * (_table[lower + 1] - _table[lower]);
        }
    }

    /// <summary>A coordinate of the curve, from 0 to 1.</summary>
    private static double At(double first, double second, double t) => 3 * first * t * (1 - t) * (1 - t) + 3 * second * t * t * (1 - t) + t * t * t;
}
