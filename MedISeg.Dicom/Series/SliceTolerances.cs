using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>How far slices may be from a regular grid: what the rounding of real headers needs, and no more.</summary>
internal static class SliceTolerances
{
    /// <summary>Largest difference of a direction cosine between slices of a series; cosines are often rounded to 4 decimals.</summary>
    public const double Cosine = 1e-4;

    /// <summary>How far row and column directions may be from unit length and from a right angle: rounding to 3 decimals.</summary>
    public const double Orthonormal = 2e-3;

    /// <summary>Largest difference of pixel spacings between slices, as a share of the spacing.</summary>
    public const double PixelSpacing = 1e-4;

    /// <summary>Largest difference of a gap between slices from their mean distance, as a share of it; at least <see cref="Mm"/>.</summary>
    public const double Gap = 0.01;

    /// <summary>Largest distance of a slice from its place on the grid along the normal, as a share of the slice distance; at least
    /// <see cref="Mm"/>. Gaps that each pass could otherwise add up.</summary>
    public const double Place = 0.05;

    /// <summary>Largest distance of a slice from its place on the grid across the normal, as a share of the smaller pixel side; at least
    /// <see cref="Mm"/>.</summary>
    public const double Sideways = 0.1;

    /// <summary>Differences below this always pass, mm.</summary>
    public const double Mm = 0.01;

    /// <summary>Largest angle between the line through the slices' origins and their normal, degrees: rounded cosines, not a tilted gantry.</summary>
    public const double TiltDegrees = 0.1;

    /// <summary>Sideways drift from first to last slice that is never called a tilt, mm.</summary>
    public const double TiltMm = 0.02;

    /// <summary>A gap this near to a multiple of the usual gap, as a share of it, is missing slices and not uneven spacing.</summary>
    public const double Multiple = 0.05;

    /// <summary>Slices nearer than this share of the usual gap lie at one position; at least <see cref="SamePositionMm"/>.</summary>
    public const double SamePosition = 0.01;

    /// <summary>Slices nearer than this lie at one position, mm.</summary>
    public const double SamePositionMm = 1e-3;

    /// <summary>Whether the line through the slices' origins counts as their normal.</summary>
    /// <param name="along">From first to last slice along the normal, mm.</param>
    /// <param name="across">The same across the normal, mm.</param>
    public static bool IsUpright(double along, double across) =>
        Math.Atan2(across, along) * (180 / Math.PI) <= TiltDegrees || across <= TiltMm;

    /// <summary>Whether a slice counts as lying on its place of a grid: asked of a series that is read, and again of a segmentation's frames,
    /// so that what was made of a series can be laid over it.</summary>
    /// <param name="off">From the place on the grid to the slice's first pixel, mm.</param>
    /// <param name="normal">Unit normal of the slice.</param>
    /// <param name="stepMm">Distance of the grid's planes.</param>
    /// <param name="pixelMm">The smaller side of a pixel.</param>
    public static bool IsInPlace(Vector3D off, Vector3D normal, double stepMm, double pixelMm)
    {
        double along = off.Dot(normal);
        return Math.Abs(along) <= Math.Max(Place * stepMm, Mm) && (off - normal * along).Length <= Math.Max(Sideways * pixelMm, Mm);
    }
}
