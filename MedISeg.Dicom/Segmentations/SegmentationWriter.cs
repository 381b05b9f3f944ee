using MedISeg.Dicom.IO;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Writes a label map as a BINARY segmentation object, frame by frame.</summary>
public static class SegmentationWriter
{
    /// <summary>Writes a Part 10 file.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented: patient, study, frame of reference and positions come from it.</param>
    /// <param name="labels">On exactly the series' grid.</param>
    /// <param name="description">What the object says of itself; at least one segment, labels all different.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <exception cref="ArgumentException">The label map is on another grid, or holds a label that no segment describes.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the source has no frame of reference, position or
    /// orientation; <see cref="ErrorCode.UnreadableImage"/>: it lacks a UID; <see cref="ErrorCode.TooLarge"/>: over 4 GiB of pixels.</exception>
    /// <remarks>Where the series' grid is interpolated (<see cref="DicomSeries.Stack"/>), each pixel of a slice takes the label of the nearest
    /// voxel. One frame a segment and slice that have a voxel in common, by segment, then slice; a map of background alone gives one empty
    /// frame a segment. The same input gives the same bytes.</remarks>
    public static void Write(
        Stream output, DicomSeries source, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken)
    {
        if (description.Segments.Count is < 1 or > ushort.MaxValue)
            throw new ArgumentException("A segmentation has 1 to 65535 segments.", nameof(description));
        if (!source.Geometry.Matches(labels.Geometry)) throw new ArgumentException("The label map is not on the series' grid.", nameof(labels));
        // Frames lie on the slices, of which an interpolated grid's planes are no copies.
        if (source.Stack is { } stack) labels = stack.ToSlices(labels, cancellationToken);
        if (source.Header.GetValueCount(DicomTag.FrameOfReferenceUID) == 0) throw FrameItems.NoPlace();
        IReadOnlyList<SegmentFrame> frames = SegmentFrames.Find(labels, description.Segments, cancellationToken);
        long length = SegmentPixels.Length(labels, frames.Count);
        if (length >= uint.MaxValue)
            throw new SegmentationException(ErrorCode.TooLarge, "The segmentation would have over 4 GiB of pixels; ask for fewer labels, or for NIfTI.");
        DicomDataset header = SegmentationHeader.Build(source, labels.Geometry.Grid, description, frames);
        DicomWriter.Write(output, header, DicomTag.PixelData, DicomVR.Parse("OB"), length,
            pixels => SegmentPixels.Write(pixels, labels, description.Segments, frames, cancellationToken));
    }
}
