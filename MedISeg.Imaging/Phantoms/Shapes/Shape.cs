using MedISeg.Imaging.Geometry;

namespace MedISeg.Imaging.Phantoms.Shapes;

/// <summary>A closed surface in the patient's own frame (mm, x left, y back, z up), by its approximate signed distance.</summary>
internal abstract class Shape
{
    /// <summary>Corner of a box around everything with a distance of 0 or less.</summary>
    public abstract Vector3D Low { get; }

    /// <summary>The opposite corner.</summary>
    public abstract Vector3D High { get; }

    /// <summary>Approximate distance to the surface in mm, negative inside; its zero is the exact surface.</summary>
    public abstract double Distance(double x, double y, double z);
}
