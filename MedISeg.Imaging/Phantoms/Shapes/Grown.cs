using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>A shape with its surface moved outwards by some mm (negative: inwards).</summary>
internal sealed class Grown(Shape shape, double byMm) : Shape
{
    private readonly double _reach = Math.Max(0, byMm) * 1.5;

    public override Vector3D Low => shape.Low - new Vector3D(_reach, _reach, _reach);

    public override Vector3D High => shape.High + new Vector3D(_reach, _reach, _reach);

    public override double Distance(double x, double y, double z) => shape.Distance(x, y, z) - byMm;
}
