using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Where one slice lies, as its header says. Source: PS3.3 C.7.6.2.1.1.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Position">Centre of the first pixel, mm in LPS.</param>
/// <param name="Row">Unit direction in which columns count up (i).</param>
/// <param name="Column">Unit direction in which rows count up (j).</param>
/// <param name="SpacingJ">Distance of rows, mm.</param>
/// <param name="SpacingI">Distance of columns, mm.</param>
internal sealed record SliceGeometry(DicomSlice Slice, Vector3D Position, Vector3D Row, Vector3D Column, double SpacingJ, double SpacingI)
{
    /// <summary>As far as a volume may be from the origin: numbers beyond leave no digits for fractions of a mm.</summary>
    private const double FurthestMm = 1e7;

    /// <summary>Unit normal, <c>Row x Column</c>: the direction in which k counts up.</summary>
    public Vector3D Normal { get; } = Row.Cross(Column) * (1 / Row.Cross(Column).Length);

    /// <summary>Whether the slice has a position and an orientation.</summary>
    public static bool IsPositioned(DicomSlice slice) =>
        slice.AttributesOf(DicomTag.PlanePositionSequence).GetValueCount(DicomTag.ImagePositionPatient) > 0
        && slice.AttributesOf(DicomTag.PlaneOrientationSequence).GetValueCount(DicomTag.ImageOrientationPatient) > 0;

    /// <summary>Reads the geometry of a positioned slice.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: wrong number of values, directions that are not
    /// perpendicular unit vectors, spacing missing or not positive.</exception>
    public static SliceGeometry Read(DicomSlice slice)
    {
        double[] position = Values(slice, DicomTag.PlanePositionSequence, DicomTag.ImagePositionPatient, 3);
        if (position.Any(value => Math.Abs(value) > FurthestMm))
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"{DicomTag.ImagePositionPatient} of {slice.Name} is more than 10 km from the patient's origin; correct it.");
        double[] orientation = Values(slice, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientationPatient, 6);
        Vector3D row = new(orientation[0], orientation[1], orientation[2]), column = new(orientation[3], orientation[4], orientation[5]);
        if (!(Math.Abs(row.Length - 1) <= SliceTolerances.Orthonormal) || !(Math.Abs(column.Length - 1) <= SliceTolerances.Orthonormal)
            || !(Math.Abs(row.Dot(column)) <= SliceTolerances.Orthonormal))
            throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"{DicomTag.ImageOrientationPatient} of {slice.Name} is not two perpendicular unit vectors; correct the orientation.");
        (double spacingJ, double spacingI) = Spacing(slice, DicomTag.PixelSpacing)
            ?? throw new SegmentationException(ErrorCode.InvalidGeometry,
                $"{DicomTag.PixelSpacing} of {slice.Name} is missing; export the series with it.");
        // Rounded cosines would shrink the picture by their length.
        return new SliceGeometry(
            slice, new(position[0], position[1], position[2]), row * (1 / row.Length), column * (1 / column.Length), spacingJ, spacingI);
    }

    /// <summary>Spacing of rows and of columns in mm; null where the attribute has no value.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="tag">PixelSpacing or one of its kin: row distance first.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: not two positive numbers.</exception>
    public static (double J, double I)? Spacing(DicomSlice slice, DicomTag tag)
    {
        DicomDataset attributes = slice.AttributesOf(DicomTag.PixelMeasuresSequence);
        if (attributes.GetValueCount(tag) == 0) return null;
        double[] values = Values(slice, DicomTag.PixelMeasuresSequence, tag, 2);
        return values[0] > 0 && values[1] > 0 ? (values[0], values[1])
            : throw new SegmentationException(ErrorCode.InvalidGeometry, $"{tag} of {slice.Name} is not above 0; correct it.");
    }

    /// <summary>Position along a direction, mm.</summary>
    public double Along(Vector3D direction) => Position.Dot(direction);

    private static double[] Values(DicomSlice slice, DicomTag group, DicomTag tag, int count)
    {
        double[] values = slice.AttributesOf(group).GetValues<double>(tag);
        return values.Length == count ? values : throw new SegmentationException(ErrorCode.InvalidGeometry,
            $"{tag} of {slice.Name} has {values.Length} values and needs {count}; correct it.");
    }
}
