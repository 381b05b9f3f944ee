using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>A kidney: an ellipsoid bent towards its hilum, with the hilum cut out.</summary>
/// <param name="centre">Centre in mm.</param>
/// <param name="semi">Half axes in mm: along the kidney, towards the hilum, across.</param>
/// <param name="axes">The same directions, orthonormal.</param>
/// <param name="bend">How far the poles lean towards the hilum, mm.</param>
/// <param name="hilum">Half axes of what is cut out, as fractions of <paramref name="semi"/>; null: nothing is.</param>
internal sealed class Bean(Vector3D centre, Vector3D semi, Affine axes, double bend, Vector3D? hilum) : Shape
{
    private readonly double _smallest = Math.Min(semi.Y, semi.Z);
    private readonly Vector3D _cut = hilum is { } h ? new(semi.X * h.X, semi.Y * h.Y, semi.Z * h.Z) : default;
    private readonly double _reach = semi.X + bend;

    public override Vector3D Low => centre - new Vector3D(_reach, _reach, _reach);

    public override Vector3D High => centre + new Vector3D(_reach, _reach, _reach);

    /// <summary>The same without the cut.</summary>
    public Bean Filled => new(centre, semi, axes, bend, null);

    /// <summary>Place of local coordinates given in units of the half axes, with the bend.</summary>
    public Vector3D Place(double along, double towards, double across) =>
        centre + axes.I * (along * semi.X) + axes.J * (towards * semi.Y + bend * along * along) + axes.K * (across * semi.Z);

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = new(x - centre.X, y - centre.Y, z - centre.Z);
        double along = p.Dot(axes.I) / semi.X, across = p.Dot(axes.K) / semi.Z;
        double lean = Math.Min(along * along, 2);
        double towards = (p.Dot(axes.J) - bend * lean) / semi.Y;
        double solid = Ellipsoid.Scaled(along, towards, across, semi, _smallest);
        if (hilum is not { } h) return solid;
        double cut = Ellipsoid.Scaled(along / h.X, (towards - 1) / h.Y, across / h.Z, _cut, _smallest * 0.3);
        return PortableMath.SmoothMax(solid, -cut, 5);
    }
}
