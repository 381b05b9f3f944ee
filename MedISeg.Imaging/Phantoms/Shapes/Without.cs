using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>The part of a shape that lies outside another one.</summary>
internal sealed class Without(Shape shape, Shape hole) : Shape
{
    public override Vector3D Low => shape.Low;

    public override Vector3D High => shape.High;

    public override double Distance(double x, double y, double z) =>
        PortableMath.SmoothMax(shape.Distance(x, y, z), -hole.Distance(x, y, z), 6);
}
