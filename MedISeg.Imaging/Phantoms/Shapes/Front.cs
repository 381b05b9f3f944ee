using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Everything in front of a coronal plane: gas above fluid in a patient who lies on the back.</summary>
internal sealed class Front(double planeY) : Shape
{
    public override Vector3D Low => new(-1000, -1000, -1000);

    public override Vector3D High => new(1000, planeY, 1000);

    public override double Distance(double x, double y, double z) => y - planeY;
}
