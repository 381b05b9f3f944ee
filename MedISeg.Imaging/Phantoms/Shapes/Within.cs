using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>The part of a shape that lies inside another one by at least a margin in mm (negative: outside it up to that far).</summary>
internal sealed class Within(Shape shape, Shape container, double margin) : Shape
{
    public override Vector3D Low => shape.Low;

    public override Vector3D High => shape.High;

    public override double Distance(double x, double y, double z) =>
        PortableMath.SmoothMax(shape.Distance(x, y, z), container.Distance(x, y, z) + margin, 4);
}
