using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Structures;

/// <summary>Writes a label map as RT structure set: closed contours along the edges of pixels, slice by slice.</summary>
public static class StructureSetWriter
{
    /// <summary>Writes a Part 10 file, implicit VR little endian: contours may be longer than explicit VR lets decimal strings be.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented: patient, study, frame of reference and positions come from it.</param>
    /// <param name="labels">On exactly the series' grid.</param>
    /// <param name="description">What the object says of itself; each segment becomes a ROI, also without a voxel.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <exception cref="ArgumentException">The label map is on another grid, or holds a label that no segment describes.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the source has no frame of reference, position or
    /// orientation; <see cref="ErrorCode.UnreadableImage"/>: it lacks a UID; <see cref="ErrorCode.TooLarge"/>: over five million points.</exception>
    /// <remarks>A point whose pixel centre is inside an odd number of a ROI's contours of a slice is a pixel of the ROI, and no other is. Where the series' grid is
    /// interpolated, each pixel of a slice takes the label of the nearest voxel. The same input gives the same bytes.</remarks>
    public static void Write(
        Stream output, DicomSeries source, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken)
    {
        labels = DerivedObject.OnSlices(source, labels, description, cancellationToken);
        IReadOnlyList<RoiContour>[] contours = RoiContours.Find(source, labels, description.Segments, RoiContours.MostPoints, cancellationToken);
        DicomDataset dataset = StructureSetItems.Create(source, description, contours);
        dataset.InternalTransferSyntax = DicomTransferSyntax.ImplicitVRLittleEndian;
        new DicomFile(dataset).Save(output);
    }
}
