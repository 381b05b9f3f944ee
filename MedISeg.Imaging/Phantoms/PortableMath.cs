using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms;

/// <summary>What the mathematics library of the system may round differently, from sums and products only.</summary>
internal static class PortableMath
{
    /// <summary>Sine of an angle in radians, |error| below 1e-11.</summary>
    public static double Sin(double radians)
    {
        double x = radians - 2 * Math.PI * Math.Floor(radians / (2 * Math.PI) + 0.5); // [-pi, pi]
        if (x > Math.PI / 2) x = Math.PI - x;
        if (x < -Math.PI / 2) x = -Math.PI - x;
        double square = x * x, term = x, sum = x;
        for (int n = 2; n <= 16; n += 2)
        {
            term *= -square / (n * (n + 1));
            sum += term;
        }
        return sum;
    }

    /// <summary>Cosine of an angle in radians.</summary>
    public static double Cos(double radians) => Sin(radians + Math.PI / 2);

    /// <summary>Turns by an angle in radians about a unit axis through the origin (right hand).</summary>
    public static Affine Rotation(Vector3D axis, double radians)
    {
        double s = Sin(radians), c = Cos(radians);
        Vector3D Turn(Vector3D v) => v * c + axis.Cross(v) * s + axis * (axis.Dot(v) * (1 - c));
        return new Affine(Turn(new(1, 0, 0)), Turn(new(0, 1, 0)), Turn(new(0, 0, 1)), default);
    }

    /// <summary>The vector scaled to length 1.</summary>
    public static Vector3D Unit(Vector3D v) => v * (1 / v.Length);

    /// <summary>Larger of two with the corner rounded over a width.</summary>
    public static double SmoothMax(double a, double b, double width)
    {
        double h = Math.Max(width - Math.Abs(a - b), 0) / width;
        return Math.Max(a, b) + h * h * width * 0.25;
    }

    /// <summary>Smaller of two with the corner rounded over a width.</summary>
    public static double SmoothMin(double a, double b, double width) => -SmoothMax(-a, -b, width);
}
