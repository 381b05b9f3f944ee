using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Phantoms;

/// <summary>Where the grid of a phantom lies.</summary>
/// <param name="Geometry">The grid as stored.</param>
/// <param name="ObliquityDegrees">Angle to the patient axes.</param>
internal sealed record PhantomScan(VolumeGeometry Geometry, double ObliquityDegrees)
{
    /// <summary>Most voxels of a grid whose spacing is drawn.</summary>
    private const double MostDrawnVoxels = 32e6;

    public static PhantomScan Create(PhantomOptions options, AnatomyModel model)
    {
        PhantomRandom random = new(options.Seed, 40);
        double inPlane = random.Uniform(0.7, 1.5), between = random.Uniform(1, 5), margin = random.Uniform(14, 34), length = random.Uniform(180, 300);
        bool straight = random.Chance(0.6);
        double drawn = random.Uniform(3, 15), degrees = options.ObliquityDegrees ?? (straight ? 0 : drawn);
        Vector3D turnAxis = random.Direction(), offset = new(random.Uniform(-6, 6), random.Uniform(-6, 6), random.Uniform(-8, 22));
        AxisOrientation order = AxisOrientation.All().ElementAt(random.Below(48));
        order = options.StoredAxes ?? order;
        if (!(degrees is >= 0 and <= 45))
            throw new SegmentationException(ErrorCode.InvalidOption, "The obliquity of a phantom must be 0 to 45 degrees.");

        double width = 2 * model.Form.HalfWidth + margin, height = 2 * model.Form.HalfHeight + margin;
        SpacingMm spacing = options.Spacing ?? Drawn(width, height, length, inPlane, between);
        GridSize grid = options.Grid ?? new(Voxels(length, spacing.K), Voxels(height, spacing.J), Voxels(width, spacing.I));
        Affine turn = PortableMath.Rotation(turnAxis, degrees * Math.PI / 180);
        // The scan is centred on the kidneys' level, wherever the patient lies.
        Vector3D centre = model.FromPatient.Inverse().Apply(offset);
        Vector3D i = turn.I * spacing.I, j = turn.J * spacing.J, k = turn.K * spacing.K;
        Vector3D origin = centre - i * ((grid.Width - 1) / 2.0) - j * ((grid.Height - 1) / 2.0) - k * ((grid.Depth - 1) / 2.0);
        return new PhantomScan(order.Apply(new VolumeGeometry(grid, new Affine(i, j, k, origin))), degrees);
    }

    private static SpacingMm Drawn(double width, double height, double length, double inPlane, double between)
    {
        double voxels = width * height * length / (inPlane * inPlane * between);
        return new SpacingMm(between * Math.Max(1, voxels / MostDrawnVoxels), inPlane, inPlane);
    }

    private static int Voxels(double extent, double spacing) => (int)Math.Max(1, Math.Round(extent / spacing));
}
