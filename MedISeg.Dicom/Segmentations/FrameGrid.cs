using System.Globalization;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Where frames lie in the patient, and on which plane of a grid each belongs.</summary>
internal static class FrameGrid
{
    /// <summary>Two heights closer than this are one, mm; corners closer than this are one.</summary>
    private const double SmallestToleranceMm = 0.01;

    /// <summary>The same, as a part of the planes' distance or of the pixel's side.</summary>
    private const double RelativeTolerance = 0.01;

    /// <summary>Planes closer than this make no grid: any gaps would fit, mm.</summary>
    private const double SmallestStepMm = 0.1;

    /// <summary>Finest division of the smallest gap that is tried where gaps are no multiples of one another.</summary>
    private const int MostDivisions = 10;

    /// <summary>Geometry of one frame: a grid of one plane, its third axis along the normal.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the object does not state it.</exception>
    public static VolumeGeometry Plane(DicomDataset dataset, int frame, int rows, int columns)
    {
        if (FunctionalGroups.Position(dataset, frame) is not { } origin
            || FunctionalGroups.Orientation(dataset, frame) is not { } cosines
            || FunctionalGroups.PixelSpacing(dataset, frame) is not { } spacing)
            throw new SegmentationException(ErrorCode.InvalidGeometry, string.Create(CultureInfo.InvariantCulture,
                $"Frame {frame + 1} of the segmentation does not say where it lies in the patient (position, orientation and pixel spacing)."));
        Vector3D row = Unit(new Vector3D(cosines[0], cosines[1], cosines[2])), column = Unit(new Vector3D(cosines[3], cosines[4], cosines[5]));
        return new VolumeGeometry(new GridSize(1, rows, columns), new Affine(row * spacing[1], column * spacing[0], row.Cross(column), origin));
    }

    /// <summary>The smallest regular grid on whose planes all frames lie.</summary>
    /// <param name="planes">Geometry of each frame, at least one.</param>
    /// <param name="statedSpacingMm">Distance of planes that the object states; null: none. Believed only where all gaps are multiples.</param>
    /// <param name="thicknessMm">Distance of planes where there is but one; null: 1 mm.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>, <see cref="ErrorCode.TooLarge"/>.</exception>
    public static VolumeGeometry Smallest(IReadOnlyList<VolumeGeometry> planes, double? statedSpacingMm, double? thicknessMm)
    {
        Affine first = planes[0].IndexToPatient;
        double[] heights = [.. planes.Select(plane => Height(plane, first)).Order()];
        List<double> levels = [heights[0]];
        foreach (double height in heights)
            if (height - levels[^1] > SmallestToleranceMm) levels.Add(height);
        double step = Step(levels, statedSpacingMm) ?? thicknessMm ?? 1;
        double depth = Math.Round((levels[^1] - levels[0]) / step) + 1;
        GridSize plane = planes[0].Grid;
        if (depth * plane.VoxelCount > new ImageLimits().MaxVoxels)
            throw new SegmentationException(ErrorCode.TooLarge, "The frames lie too far apart for one grid; give the grid of the source images.");
        Vector3D lowest = planes.MinBy(one => Height(one, first))!.IndexToPatient.Origin, highest = planes.MaxBy(one => Height(one, first))!.IndexToPatient.Origin;
        VolumeGeometry grid = new(plane with { Depth = (int)depth }, first with { K = Step(highest - lowest, first.K, depth - 1, step), Origin = lowest });
        for (int frame = 0; frame < planes.Count; frame++) PlaneOf(grid, planes[frame], frame);
        return grid;
    }

    /// <summary>The plane of a grid that a frame covers pixel for pixel.</summary>
    /// <param name="grid">Its i runs along the frame's rows, its j along the columns, its k along or against the normal.</param>
    /// <param name="plane">Geometry of the frame.</param>
    /// <param name="frame">From 0, for messages.</param>
    /// <returns>k, from 0.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: its first pixel is further off than that of a slice
    /// of a series may be, or its corners are turned or stretched away by more than 0.01 mm and more than 1 % of the smaller pixel side.</exception>
    public static int PlaneOf(VolumeGeometry grid, VolumeGeometry plane, int frame)
    {
        GridSize size = plane.Grid;
        if (size.Height != grid.Grid.Height || size.Width != grid.Grid.Width)
            throw Off(frame, string.Create(CultureInfo.InvariantCulture,
                $"it has {size.Width}x{size.Height} pixels, the grid's planes {grid.Grid.Width}x{grid.Grid.Height}"));
        Vector3D index = grid.PatientToIndex.Apply(plane.IndexToPatient.Origin);
        double k = Math.Round(index.Z);
        if (!(k >= 0 && k < grid.Grid.Depth)) throw Off(frame, "it lies outside the grid");
        Vector3D normal = plane.IndexToPatient.K, off = plane.IndexToPatient.Origin - grid.IndexToPatient.Apply(0, 0, k);
        double pixel = Math.Min(grid.Spacing.J, grid.Spacing.I), height = Math.Abs(off.Dot(normal));
        if (!SliceTolerances.IsInPlace(normal * height, normal, grid.Spacing.K, pixel))
            throw Off(frame, string.Create(CultureInfo.InvariantCulture, $"it is {height:0.###} mm off the nearest plane of the grid"));
        if (!SliceTolerances.IsInPlace(off, normal, grid.Spacing.K, pixel)) throw Shifted(frame, off.Length);
        double most = Math.Max(SmallestToleranceMm, RelativeTolerance * pixel);
        for (int corner = 1; corner < 4; corner++)
        {
            double i = (corner & 1) * (size.Width - 1), j = (corner >> 1) * (size.Height - 1);
            double shift = (plane.IndexToPatient.Apply(i, j, 0) - grid.IndexToPatient.Apply(i, j, k) - off).Length;
            if (shift > most) throw Shifted(frame, shift);
        }
        return (int)k;
    }

    /// <summary>From plane to plane: along the line through the frames' origins, unless that is no normal; real stacks lean a little.</summary>
    /// <param name="whole">From the lowest frame to the highest, mm.</param>
    /// <param name="normal">Unit normal.</param>
    /// <param name="steps">Planes between the two.</param>
    /// <param name="stepMm">Distance of planes.</param>
    private static Vector3D Step(Vector3D whole, Vector3D normal, double steps, double stepMm)
    {
        double along = whole.Dot(normal), across = (whole - normal * along).Length;
        return steps > 0 && SliceTolerances.IsUpright(along, across) ? whole * (1 / steps) : normal * stepMm;
    }

    /// <summary>The largest step of which all gaps are multiples; the stated one where it is such.</summary>
    private static double? Step(List<double> levels, double? stated)
    {
        if (stated is { } wish && Fits(levels, wish, SliceTolerances.Place)) return wish;
        if (levels.Count == 1) return stated;
        double smallest = double.MaxValue;
        for (int n = 1; n < levels.Count; n++) smallest = Math.Min(smallest, levels[n] - levels[n - 1]);
        double span = levels[^1] - levels[0];
        for (int parts = 1; parts <= MostDivisions; parts++)
        {
            // One gap is a rough measure of the step, the whole span a fine one.
            double step = span / Math.Round(span * parts / smallest);
            if (Fits(levels, step, RelativeTolerance)) return step;
        }
        throw new SegmentationException(ErrorCode.IrregularGeometry, string.Create(CultureInfo.InvariantCulture,
            $"The frames lie on no regular grid: gaps are no multiples of one another (smallest {smallest:0.###} mm); give the grid of the source images."));
    }

    private static bool Fits(List<double> levels, double step, double share)
    {
        double tolerance = Math.Max(SmallestToleranceMm, share * step);
        foreach (double level in levels)
        {
            double steps = (level - levels[0]) / step;
            if (Math.Abs(steps - Math.Round(steps)) * step > tolerance) return false;
        }
        return step >= SmallestStepMm * (1 - 1e-9);
    }

    private static SegmentationException Off(int frame, string reason) => new(ErrorCode.IrregularGeometry,
        string.Create(CultureInfo.InvariantCulture, $"Frame {frame + 1} of the segmentation is not on the grid: {reason}."));

    private static SegmentationException Shifted(int frame, double mm) => Off(frame, string.Create(CultureInfo.InvariantCulture,
        $"its pixels are {mm:0.###} mm off those of the grid: another orientation, pixel spacing or origin"));

    private static double Height(VolumeGeometry plane, Affine first) => (plane.IndexToPatient.Origin - first.Origin).Dot(first.K);

    private static Vector3D Unit(Vector3D v) => v * (1 / v.Length);
}
