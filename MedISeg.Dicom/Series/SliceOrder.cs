using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Sorts slices along their normal and finds what keeps them from being a regular grid. The tolerances are <see cref="SliceTolerances"/>.</summary>
internal static class SliceOrder
{
    /// <summary>Sorts.</summary>
    /// <param name="slices">At least one, in any order.</param>
    /// <returns>In ascending position along the normal.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: turned, of other pixel spacing or twice at one place,
    /// of which nothing makes a volume.</exception>
    public static SliceGeometry[] Sort(IReadOnlyList<SliceGeometry> slices)
    {
        foreach (SliceGeometry slice in slices) CheckAlike(slices[0], slice);
        Vector3D normal = slices[0].Normal;
        // Instance numbers only order the names in a message about slices at one place.
        SliceGeometry[] sorted = [.. slices.OrderBy(slice => slice.Along(normal)).ThenBy(slice => slice.Slice.InstanceNumber)];
        if (sorted.Length == 1) return sorted;
        SlicePlaces.CheckDuplicates(sorted, Places(sorted));
        return sorted;
    }

    /// <summary>Position of sorted slices along the first one's normal, mm, ascending.</summary>
    public static double[] Places(IReadOnlyList<SliceGeometry> sorted) => [.. sorted.Select(slice => slice.Along(sorted[0].Normal))];

    /// <summary>A length or an angle for a message.</summary>
    internal static string Mm(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);

    private static void CheckAlike(SliceGeometry first, SliceGeometry other)
    {
        if (!Near(first.Row, other.Row) || !Near(first.Column, other.Column))
        {
            double degrees = Math.Max(Angle(first.Row, other.Row), Angle(first.Column, other.Column));
            throw new SegmentationException(ErrorCode.IrregularGeometry,
                $"The slices are not parallel: {other.Slice.Name} is turned by {Mm(degrees)} degrees against {first.Slice.Name}; " +
                "send slices of one orientation, without localizers.");
        }
        if (Math.Abs(first.SpacingJ - other.SpacingJ) > SliceTolerances.PixelSpacing * first.SpacingJ
            || Math.Abs(first.SpacingI - other.SpacingI) > SliceTolerances.PixelSpacing * first.SpacingI)
            throw new SegmentationException(ErrorCode.IrregularGeometry,
                $"The slices differ in pixel spacing: {first.Slice.Name} has {Mm(first.SpacingJ)} x {Mm(first.SpacingI)} mm, " +
                $"{other.Slice.Name} has {Mm(other.SpacingJ)} x {Mm(other.SpacingI)} mm; send slices of one spacing.");
    }

    /// <summary>Finds a tilted gantry and slices beside the line from the first to the last one.</summary>
    /// <param name="sorted">At least two, at different places.</param>
    /// <returns>What is wrong, as a sentence, and what to do; null: nothing.</returns>
    public static SliceFault? LineFault(SliceGeometry[] sorted)
    {
        Vector3D normal = sorted[0].Normal;
        Vector3D whole = sorted[^1].Position - sorted[0].Position;
        double along = whole.Dot(normal), across = (whole - normal * along).Length;
        double degrees = Math.Atan2(across, along) * (180 / Math.PI);
        if (!SliceTolerances.IsUpright(along, across))
            return new SliceFault(
                $"The volume is sheared by {Mm(degrees)} degrees: the slices' first pixels drift sideways by {Mm(across)} mm over " +
                $"{Mm(along)} mm (a tilted gantry).", "Resample the series to upright slices");

        Vector3D step = whole * (1.0 / (sorted.Length - 1));
        double pixel = Math.Min(sorted[0].SpacingJ, sorted[0].SpacingI);
        for (int k = 1; k < sorted.Length - 1; k++)
        {
            Vector3D off = sorted[k].Position - sorted[0].Position - step * k;
            if (!SliceTolerances.IsInPlace(off, normal, step.Length, pixel))
                return new SliceFault(
                    $"The slices are not on one regular grid: {sorted[k].Slice.Name} lies {Mm(off.Length)} mm off its place on the line " +
                    $"from first to last slice, which are {Mm(step.Length)} mm apart a slice.", "Resample the series to a regular grid");
        }
        return null;
    }

    private static bool Near(Vector3D a, Vector3D b) => Math.Abs(a.X - b.X) <= SliceTolerances.Cosine
        && Math.Abs(a.Y - b.Y) <= SliceTolerances.Cosine && Math.Abs(a.Z - b.Z) <= SliceTolerances.Cosine;

    private static double Angle(Vector3D a, Vector3D b) => Math.Atan2(a.Cross(b).Length, a.Dot(b)) * (180 / Math.PI);
}
