using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Several shapes grown together, the seams rounded over a width in mm.</summary>
internal sealed class Union : Shape
{
    private readonly IReadOnlyList<Shape> _parts;
    private readonly double _width;

    public Union(double width, IReadOnlyList<Shape> parts)
    {
        _parts = parts;
        _width = width;
        double swell = width * 0.25 * parts.Count;
        Low = new(parts.Min(p => p.Low.X) - swell, parts.Min(p => p.Low.Y) - swell, parts.Min(p => p.Low.Z) - swell);
        High = new(parts.Max(p => p.High.X) + swell, parts.Max(p => p.High.Y) + swell, parts.Max(p => p.High.Z) + swell);
    }

    public override Vector3D Low { get; }

    public override Vector3D High { get; }

    public override double Distance(double x, double y, double z)
    {
        double distance = _parts[0].Distance(x, y, z);
        for (int n = 1; n < _parts.Count; n++) distance = PortableMath.SmoothMin(distance, _parts[n].Distance(x, y, z), _width);
        return distance;
    }
}
