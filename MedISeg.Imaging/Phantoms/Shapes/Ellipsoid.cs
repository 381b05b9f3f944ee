using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Ellipsoid with given half axes along three orthonormal directions.</summary>
internal sealed class Ellipsoid(Vector3D centre, Vector3D semi, Affine axes) : Shape
{
    private readonly Vector3D _reach = new(Reach(semi, axes, 0), Reach(semi, axes, 1), Reach(semi, axes, 2));
    private readonly double _smallest = Math.Min(semi.X, Math.Min(semi.Y, semi.Z));

    public Ellipsoid(Vector3D centre, Vector3D semi) : this(centre, semi, Affine.Identity)
    {
    }

    public override Vector3D Low => centre - _reach;

    public override Vector3D High => centre + _reach;

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = new(x - centre.X, y - centre.Y, z - centre.Z);
        double a = p.Dot(axes.I) / semi.X, b = p.Dot(axes.J) / semi.Y, c = p.Dot(axes.K) / semi.Z;
        return Scaled(a, b, c, semi, _smallest);
    }

    /// <summary>Distance from coordinates in units of the half axes: relative radius over its own gradient.</summary>
    internal static double Scaled(double a, double b, double c, Vector3D semi, double smallest)
    {
        double radius = Math.Sqrt(a * a + b * b + c * c);
        double da = a / semi.X, db = b / semi.Y, dc = c / semi.Z;
        double gradient = Math.Sqrt(da * da + db * db + dc * dc);
        // Inside a long ellipsoid the quotient overstates: no point is farther from the surface than the shortest half axis.
        return gradient < 1e-9 ? -smallest : Math.Max(radius * (radius - 1) / gradient, -smallest);
    }

    private static double Reach(Vector3D semi, Affine axes, int axis)
    {
        double i = semi.X * axes.I[axis], j = semi.Y * axes.J[axis], k = semi.Z * axes.K[axis];
        return Math.Sqrt(i * i + j * j + k * k);
    }
}
