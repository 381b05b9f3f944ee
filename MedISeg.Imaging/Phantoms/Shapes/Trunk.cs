using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Upright tube with a section between ellipse and rounded rectangle, slimmer at the waist; reaches beyond every scan.</summary>
internal sealed class Trunk(double halfWidth, double halfHeight, double shiftY, double waist) : Shape
{
    /// <summary>Half length in mm.</summary>
    private const double Reach = 500;

    /// <summary>Height of the slimmest section, mm.</summary>
    private const double WaistZ = -60;

    public override Vector3D Low => new(-halfWidth * 1.2, shiftY - halfHeight * 1.2, -Reach);

    public override Vector3D High => new(halfWidth * 1.2, shiftY + halfHeight * 1.2, Reach);

    public override double Distance(double x, double y, double z)
    {
        double rise = Math.Min(Math.Abs(z - WaistZ) / 150, 1);
        double scale = 1 - waist * (1 - rise * rise);
        double a = halfWidth * scale, b = halfHeight * scale;
        double u = x / a, v = (y - shiftY) / b, uu = u * u, vv = v * v;
        double two = Math.Sqrt(uu + vv), four = Math.Sqrt(Math.Sqrt(uu * uu + vv * vv));
        if (two < 1e-6) return -b;
        double cube = four * four * four;
        double radius = 0.6 * two + 0.4 * four;
        double gu = (0.6 * u / two + 0.4 * uu * u / cube) / a, gv = (0.6 * v / two + 0.4 * vv * v / cube) / b;
        return (radius - 1) / Math.Sqrt(gu * gu + gv * gv);
    }
}
