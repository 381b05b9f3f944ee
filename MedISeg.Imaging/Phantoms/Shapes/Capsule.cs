using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>All points within a radius of a line segment: a vessel.</summary>
internal sealed class Capsule(Vector3D from, Vector3D to, double radius) : Shape
{
    private readonly Vector3D _along = to - from;
    private readonly double _square = (to - from).Dot(to - from);

    public override Vector3D Low => new(Math.Min(from.X, to.X) - radius, Math.Min(from.Y, to.Y) - radius, Math.Min(from.Z, to.Z) - radius);

    public override Vector3D High => new(Math.Max(from.X, to.X) + radius, Math.Max(from.Y, to.Y) + radius, Math.Max(from.Z, to.Z) + radius);

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = new(x - from.X, y - from.Y, z - from.Z);
        double t = Math.Clamp(p.Dot(_along) / _square, 0, 1);
        return (p - _along * t).Length - radius;
    }
}
