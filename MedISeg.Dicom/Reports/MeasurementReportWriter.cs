using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Reports;

/// <summary>Writes the volumes of a segmentation's segments as structured report: Comprehensive 3D SR, template TID 1500.</summary>
public static class MeasurementReportWriter
{
    /// <summary>Writes a Part 10 file.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented: patient, study and evidence come from it.</param>
    /// <param name="labels">On exactly the series' grid; a segment's volume is its number of voxels times a voxel's.</param>
    /// <param name="description">What the report says of itself; its segments are measured, also those without a voxel.</param>
    /// <param name="segmentation">What the segmentation object that it refers to says of itself; BINARY, of the same segments.</param>
    /// <exception cref="ArgumentException">The label map is on another grid, or holds a label that no segment describes.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the source has no frame of reference; <see
    /// cref="ErrorCode.UnreadableImage"/>: it lacks a UID.</exception>
    /// <remarks>The same input gives the same bytes.</remarks>
    public static void Write(
        Stream output, DicomSeries source, LabelMap labels, SegmentationDescription description, SegmentationDescription segmentation)
    {
        DerivedObject.Check(source, labels, description);
        new DicomFile(ReportItems.Create(source, description, segmentation, Volumes(labels, description.Segments))).Save(output);
    }

    /// <summary>Volume of each segment, ml.</summary>
    private static double[] Volumes(LabelMap labels, IReadOnlyList<SegmentDescription> segments)
    {
        int[][] segmentsOf = SegmentLabels.SegmentsOf(segments);
        long[] voxels = new long[segmentsOf.Length];
        if (labels.IsWide) foreach (ushort label in labels.Words) voxels[label]++;
        else foreach (byte label in labels.Bytes) voxels[label]++;
        for (int label = 1; label < voxels.Length; label++)
            if (voxels[label] > 0 && segmentsOf[label].Length == 0) throw SegmentLabels.Undescribed(label);
        double millilitres = Math.Abs(labels.Geometry.IndexToPatient.Determinant) / 1000;
        return [.. segments.Select(segment => segment.Labels.Distinct().Sum(label => voxels[label]) * millilitres)];
    }
}
