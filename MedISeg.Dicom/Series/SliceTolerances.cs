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

    /// <summary>Largest distance of a slice from its place on the grid, as a share of the slice distance; at least <see cref="Mm"/>.
    /// Gaps that each pass could otherwise add up.</summary>
    public const double Place = 0.05;

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
}
