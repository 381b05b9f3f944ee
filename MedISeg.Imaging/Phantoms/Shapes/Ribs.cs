using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>Slanting ribs inside the wall, from the spine forwards, above a lowest one.</summary>
/// <param name="wall">Surface that the ribs follow.</param>
/// <param name="lowestZ">Height of the lowest rib at the back, mm.</param>
/// <param name="halfWidth">Half width of the wall, mm.</param>
/// <param name="halfHeight">Half height of the wall, mm.</param>
/// <param name="frontY">Ribs end (as cartilage) in front of it, mm.</param>
internal sealed class Ribs(Shape wall, double lowestZ, double halfWidth, double halfHeight, double frontY) : Shape
{
    private const double PitchMm = 27, Slant = 0.5, RadiusMm = 4.2;

    public override Vector3D Low => new(-halfWidth - 8, frontY - 8, lowestZ - Slant * (halfHeight * 2) - 10);

    public override Vector3D High => new(halfWidth + 8, halfHeight + 20, 500);

    public override double Distance(double x, double y, double z)
    {
        // Counted along the slant, at the height where the rib meets the spine.
        double back = z + Slant * (halfHeight - y) - lowestZ;
        double number = Math.Max(0, Math.Floor(back / PitchMm + 0.5));
        double up = Math.Abs(back - number * PitchMm), across = wall.Distance(x, y, z) * 1.3;
        double tube = Tube(up, across), end = frontY + (number == 0 ? 54 : number == 1 ? 27 : 0) - y;
        // Where this rib has ended, its longer neighbour may be nearer.
        return Math.Max(Math.Max(tube, Math.Min(end, Tube(PitchMm - up, across))), 26 - Math.Abs(x));
    }

    private static double Tube(double up, double across) => Math.Sqrt(up * up * 0.36 + across * across) - RadiusMm;
}
