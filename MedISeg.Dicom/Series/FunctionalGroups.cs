using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>Attributes of one frame, wherever the object keeps them: per-frame groups, shared groups, or the object itself.</summary>
internal static class FunctionalGroups
{
    /// <summary>The first item of a group's sequence; per-frame goes before shared. Null: neither has it.</summary>
    /// <param name="dataset">The object.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="group">The group's sequence.</param>
    public static DicomDataset? Find(DicomDataset dataset, int frame, DicomTag group)
    {
        DicomDataset? perFrame = Item(dataset, DicomTag.PerFrameFunctionalGroupsSequence, frame);
        DicomDataset? shared = Item(dataset, DicomTag.SharedFunctionalGroupsSequence, 0);
        return (perFrame is null ? null : Item(perFrame, group, 0)) ?? (shared is null ? null : Item(shared, group, 0));
    }

    /// <summary>Numbers of a frame; null where they are missing or not as many as asked for.</summary>
    /// <exception cref="SegmentationException">A value is no number.</exception>
    public static double[]? Numbers(DicomDataset dataset, int frame, DicomTag group, DicomTag tag, int count)
    {
        foreach (DicomDataset? place in (DicomDataset?[])[Find(dataset, frame, group), dataset])
            if (place is not null && place.TryGetValues(tag, out double[]? values) && values.Length == count) return values;
        return null;
    }

    /// <summary>Centre of a frame's first pixel, mm; null where it is not stated.</summary>
    public static Vector3D? Position(DicomDataset dataset, int frame) =>
        Numbers(dataset, frame, DicomTag.PlanePositionSequence, DicomTag.ImagePositionPatient, 3) is [double x, double y, double z]
            ? new Vector3D(x, y, z)
            : null;

    /// <summary>Six cosines: along a row, then along a column; null where they are not stated.</summary>
    public static double[]? Orientation(DicomDataset dataset, int frame) =>
        Numbers(dataset, frame, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientationPatient, 6);

    /// <summary>Distance of rows, then of columns, mm; null where it is not stated or not above 0.</summary>
    public static double[]? PixelSpacing(DicomDataset dataset, int frame) =>
        Numbers(dataset, frame, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing, 2) is [> 0, > 0] spacing ? spacing : null;

    /// <summary>A positive length of the pixel measures, mm; null where it is not stated.</summary>
    public static double? Measure(DicomDataset dataset, int frame, DicomTag tag) =>
        Numbers(dataset, frame, DicomTag.PixelMeasuresSequence, tag, 1) is [> 0 and var length] ? length : null;

    private static DicomDataset? Item(DicomDataset dataset, DicomTag sequence, int index) =>
        dataset.TryGetSequence(sequence, out DicomSequence? items) && index < items.Items.Count ? items.Items[index] : null;
}
