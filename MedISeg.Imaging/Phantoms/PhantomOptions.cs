using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>What phantom to make. Whatever is null is drawn from the seed. The anatomy depends on <see cref="Seed"/>, <see cref="Kidneys"/>
/// and <see cref="Tumour"/> only: other grids, obliquities, axis orders and noises show the same patient at the same mm.</summary>
public sealed record PhantomOptions
{
    /// <summary>Seed of everything.</summary>
    public required int Seed { get; init; }

    /// <summary>Voxels before <see cref="StoredAxes"/> is applied, order (k, j, i); null: the body with a margin in width and height,
    /// 180 to 300 mm in depth, at <see cref="Spacing"/>.</summary>
    public GridSize? Grid { get; init; }

    /// <summary>Voxel spacing in mm before <see cref="StoredAxes"/> is applied, order (k, j, i); null: 0.7 to 1.5 in plane, 1 to 5 between
    /// planes, raised where the volume would exceed 32 million voxels.</summary>
    public SpacingMm? Spacing { get; init; }

    /// <summary>Angle in degrees, in [0, 45], by which the scan is turned against the patient axes; null: in 6 of 10 cases 0, else 3 to 15.</summary>
    public double? ObliquityDegrees { get; init; }

    /// <summary>How the axes are stored. Default: columns grow to the left, rows to the back, planes upwards; null: one of all 48 orders.</summary>
    public AxisOrientation? StoredAxes { get; init; } = AxisOrientation.None;

    /// <summary>Kidneys; null: both in 3 of 4 cases.</summary>
    public PhantomKidneys? Kidneys { get; init; }

    /// <summary>Whether a kidney has a tumour; null: in 7 of 10 cases.</summary>
    public bool? Tumour { get; init; }

    /// <summary>Standard deviation of the noise in HU, in [0, 200]; null: 10 to 25.</summary>
    public double? NoiseHu { get; init; }

    /// <summary>Whether dense bone throws streaks.</summary>
    public bool Streaks { get; init; } = true;
}
