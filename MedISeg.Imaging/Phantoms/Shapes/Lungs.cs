using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Both lung bases: inside the chest, above two domes that fall towards the wall, beside the mediastinum.</summary>
internal sealed class Lungs(Shape chest, double domeZ, double fallMm, double mediastinum, double halfWidth, double halfHeight) : Shape
{
    public override Vector3D Low => new(-halfWidth, -halfHeight * 1.3, domeZ - 2.2 * fallMm);

    public override Vector3D High => new(halfWidth, halfHeight * 1.3, 500);

    public override double Distance(double x, double y, double z)
    {
        double side = Math.Abs(x);
        double u = (side - halfWidth * 0.48) / (halfWidth * 0.55), v = (y + halfHeight * 0.1) / (halfHeight * 0.85);
        double fall = Math.Min(u * u + v * v, 2.2);
        // The right dome stands higher: the liver is under it.
        double dome = domeZ + (x < 0 ? 8 : 0) - fallMm * fall;
        double below = (dome - z) * 0.7, middle = mediastinum - side;
        return PortableMath.SmoothMax(PortableMath.SmoothMax(below, middle, 8), chest.Distance(x, y, z) + 3, 6);
    }
}
