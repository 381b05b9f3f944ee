using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Geometry;

/// <summary>Where a grid lies in the patient: extent and the affine from voxel index (i, j, k) to mm in DICOM LPS. Always valid.</summary>
public sealed class VolumeGeometry
{
    /// <summary>Smallest |determinant| of the unit axis directions: below it the axes lie almost in a plane.</summary>
    private const double SmallestUnitDeterminant = 1e-3;

    /// <summary>Farthest origin in mm: beyond it the header is damaged, and positions would lose their decimals.</summary>
    private const double FarthestOriginMm = 1e7;

    /// <summary>Creates a checked geometry.</summary>
    /// <param name="grid">Extent in voxels, each at least 1.</param>
    /// <param name="indexToPatient">Voxel index (i, j, k), zero at the centre of the first voxel, to mm in LPS.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: extent below 1, a number that is not finite, a
    /// singular affine, or an origin beyond 10 km.</exception>
    public VolumeGeometry(GridSize grid, Affine indexToPatient)
    {
        if (grid.Depth < 1 || grid.Height < 1 || grid.Width < 1)
            throw new SegmentationException(ErrorCode.InvalidGeometry, $"The image has no voxels ({grid}); every side must be at least 1.");
        for (int axis = 0; axis < 3; axis++)
            if (!IsFinite(indexToPatient.Column(axis)) || !IsFinite(indexToPatient.Origin))
                throw new SegmentationException(ErrorCode.InvalidGeometry, "The affine holds a number that is not finite; correct the image's header.");
        double lengths = indexToPatient.I.Length * indexToPatient.J.Length * indexToPatient.K.Length;
        if (!(lengths > 0) || !double.IsFinite(lengths) || Math.Abs(indexToPatient.Determinant) / lengths < SmallestUnitDeterminant)
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The affine is singular: its three axes do not span space. Correct the image's orientation (sform, qform or pixel sizes).");
        if (indexToPatient.Origin.Length > FarthestOriginMm)
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                "The first voxel lies more than 10 km from the patient's origin; correct the offset in the image's header.");
        Grid = grid;
        IndexToPatient = indexToPatient;
        PatientToIndex = indexToPatient.Inverse();
        Spacing = new SpacingMm(indexToPatient.K.Length, indexToPatient.J.Length, indexToPatient.I.Length);
    }

    /// <summary>Extent in voxels.</summary>
    public GridSize Grid { get; }

    /// <summary>Voxel index (i, j, k) to mm in LPS.</summary>
    public Affine IndexToPatient { get; }

    /// <summary>mm in LPS to continuous voxel index (i, j, k).</summary>
    public Affine PatientToIndex { get; }

    /// <summary>Distance of voxel centres in mm, order (k, j, i).</summary>
    public SpacingMm Spacing { get; }

    /// <summary>Volume of one voxel in cubic mm.</summary>
    public double VoxelVolumeMm3 => Math.Abs(IndexToPatient.Determinant);

    /// <summary>Axis-aligned geometry in LPS with the first voxel's centre at an origin.</summary>
    public static VolumeGeometry AxisAligned(GridSize grid, SpacingMm spacing, Vector3D origin = default) =>
        new(grid, new Affine(new(spacing.I, 0, 0), new(0, spacing.J, 0), new(0, 0, spacing.K), origin));

    /// <summary>The block of voxels that starts at <paramref name="start"/>.</summary>
    /// <remarks>The block may reach outside: negative starts and larger sizes pad.</remarks>
    public VolumeGeometry Block(VoxelIndex start, GridSize size) =>
        new(size, IndexToPatient with { Origin = IndexToPatient.Apply(start.I, start.J, start.K) });

    /// <summary>Grid of about the given spacing over exactly the same field of view (voxel edges to voxel edges).</summary>
    /// <param name="spacing">Wanted spacing in mm; the real one is extent / rounded number of voxels.</param>
    public VolumeGeometry WithSpacing(SpacingMm spacing)
    {
        GridSize size = new(Voxels(Grid.Depth, Spacing.K, spacing.K), Voxels(Grid.Height, Spacing.J, spacing.J), Voxels(Grid.Width, Spacing.I, spacing.I));
        return WithGrid(size);
    }

    /// <summary>Grid of another size over exactly the same field of view (half-pixel rule: new index o lies at (o + 0.5) * old / new - 0.5).</summary>
    public VolumeGeometry WithGrid(GridSize size)
    {
        double i = (double)Grid.Width / size.Width, j = (double)Grid.Height / size.Height, k = (double)Grid.Depth / size.Depth;
        Affine newToOld = new(new(i, 0, 0), new(0, j, 0), new(0, 0, k), new((i - 1) / 2, (j - 1) / 2, (k - 1) / 2));
        return new VolumeGeometry(size, IndexToPatient * newToOld);
    }

    /// <summary>Whether both grids have the same size and all corner voxels agree within a tolerance.</summary>
    /// <param name="other">The other geometry.</param>
    /// <param name="toleranceMm">Largest distance of corresponding corners, mm.</param>
    public bool Matches(VolumeGeometry other, double toleranceMm = 1e-3)
    {
        if (Grid != other.Grid) return false;
        for (int corner = 0; corner < 8; corner++)
        {
            Vector3D index = new((corner & 1) * (Grid.Width - 1), (corner >> 1 & 1) * (Grid.Height - 1), (corner >> 2) * (Grid.Depth - 1));
            if ((IndexToPatient.Apply(index) - other.IndexToPatient.Apply(index)).Length > toleranceMm) return false;
        }
        return true;
    }

    private static int Voxels(int count, double from, double to) => (int)Math.Max(1, Math.Round(count * from / to));

    private static bool IsFinite(Vector3D v) => double.IsFinite(v.X) && double.IsFinite(v.Y) && double.IsFinite(v.Z);
}
