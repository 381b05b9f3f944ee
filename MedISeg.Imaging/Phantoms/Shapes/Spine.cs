using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>What all parts of one spine share.</summary>
/// <param name="CentreY">Centre of the vertebral bodies, mm.</param>
/// <param name="HalfWidth">Half width of a vertebral body, mm.</param>
/// <param name="HalfHeight">Half extent of a vertebral body from front to back, mm.</param>
/// <param name="PitchMm">Vertebra and disc, mm.</param>
/// <param name="DiscMm">Disc, mm.</param>
/// <param name="PhaseMm">Shift of the discs, mm.</param>
/// <param name="Lordosis">How far the spine leaves the straight line at 100 mm, mm.</param>
/// <param name="Scoliosis">The same to the side, mm.</param>
internal sealed record SpineForm(
    double CentreY, double HalfWidth, double HalfHeight, double PitchMm, double DiscMm, double PhaseMm, double Lordosis, double Scoliosis)
{
    /// <summary>Half length in mm.</summary>
    public const double Reach = 500;

    /// <summary>Place relative to the spine's centre line, and along z relative to the middle of the nearest vertebra.</summary>
    public Vector3D Local(double x, double y, double z)
    {
        double h = Math.Clamp(z / 100, -2.5, 2.5);
        double along = (z - PhaseMm) / PitchMm;
        return new(x - Scoliosis * h * (1 - 0.3 * h * h), y - CentreY - Lordosis * (h * h - 0.4 * h), (along - Math.Floor(along + 0.5)) * PitchMm);
    }

    /// <summary>Distance along z to the nearest repetition of a height that is given relative to a vertebra's middle.</summary>
    public double Along(double z, double height)
    {
        double turns = (z - height) / PitchMm;
        return Math.Abs(turns - Math.Floor(turns + 0.5)) * PitchMm;
    }

    /// <summary>Distance to the round column of bodies and discs; the bodies have a waist.</summary>
    public double Column(Vector3D p)
    {
        double bulge = 1 - 0.1 * (1 - Math.Min(1, 4 * p.Z * p.Z / (PitchMm * PitchMm)));
        double a = p.X / (HalfWidth * bulge), b = p.Y / (HalfHeight * bulge);
        double radius = Math.Sqrt(a * a + b * b), ga = a / HalfWidth, gb = b / HalfHeight;
        double gradient = Math.Sqrt(ga * ga + gb * gb);
        return gradient < 1e-9 ? -HalfHeight : radius * (radius - 1) / gradient;
    }
}

/// <summary>Column of discs and vertebral bodies.</summary>
internal sealed class SpineColumn(SpineForm form) : Shape
{
    public override Vector3D Low => new(-70, form.CentreY - 60, -SpineForm.Reach);

    public override Vector3D High => new(70, form.CentreY + 75, SpineForm.Reach);

    public override double Distance(double x, double y, double z) => form.Column(form.Local(x, y, z));
}

/// <summary>Vertebral bodies, their surface moved inwards by some mm.</summary>
internal sealed class VertebralBodies(SpineForm form, double insetMm) : Shape
{
    public override Vector3D Low => new(-70, form.CentreY - 60, -SpineForm.Reach);

    public override Vector3D High => new(70, form.CentreY + 75, SpineForm.Reach);

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = form.Local(x, y, z);
        return PortableMath.SmoothMax(form.Column(p), Math.Abs(p.Z) - (form.PitchMm - form.DiscMm) / 2, 3) + insetMm;
    }
}

/// <summary>Arches around the canal, spinous and transverse processes; the canal stays open.</summary>
internal sealed class VertebralArches(SpineForm form, double insetMm) : Shape
{
    public override Vector3D Low => new(-75, form.CentreY - 40, -SpineForm.Reach);

    public override Vector3D High => new(75, form.CentreY + 85, SpineForm.Reach);

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = form.Local(x, y, z);
        double toCanal = form.HalfHeight + 8, side = Math.Abs(p.X);
        double canal = Math.Sqrt(p.X * p.X / 1.3 + (p.Y - toCanal) * (p.Y - toCanal));
        double arch = Math.Max(Math.Abs(canal - 11.5) - 3.2, form.Along(p.Z, -4) - 11);
        double spinous = Math.Max(Math.Max(side - 3.2, Math.Abs(p.Y - toCanal - 24) - 13), form.Along(p.Z, -8) - 9);
        double transverse = Math.Max(
            Math.Sqrt((p.Y - toCanal + 2) * (p.Y - toCanal + 2) + p.Z * p.Z) - 4, Math.Max(12 - side, side - form.HalfWidth - 16));
        double bone = PortableMath.SmoothMin(PortableMath.SmoothMin(arch, spinous, 3), transverse, 3);
        return Math.Max(bone, 8.5 - canal) + insetMm;
    }
}

/// <summary>Spinal canal.</summary>
internal sealed class SpinalCanal(SpineForm form) : Shape
{
    public override Vector3D Low => new(-40, form.CentreY - 40, -SpineForm.Reach);

    public override Vector3D High => new(40, form.CentreY + 70, SpineForm.Reach);

    public override double Distance(double x, double y, double z)
    {
        Vector3D p = form.Local(x, y, z);
        double toCanal = p.Y - form.HalfHeight - 8;
        return Math.Sqrt(p.X * p.X / 1.3 + toCanal * toCanal) - 8.5;
    }
}
