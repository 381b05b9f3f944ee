using MedISeg.Dicom.IO;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Writes a label map as a segmentation object, frame by frame.</summary>
public static class SegmentationWriter
{
    /// <summary>Writes a BINARY object as a Part 10 file.</summary>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented: patient, study, frame of reference and positions come from it.</param>
    /// <param name="labels">On exactly the series' grid.</param>
    /// <param name="description">What the object says of itself; at least one segment; segments may share labels.</param>
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
        labels = DerivedObject.OnSlices(source, labels, description, cancellationToken);
        IReadOnlyList<SegmentFrame> frames = SegmentFrames.Find(labels, description.Segments, cancellationToken);
        long length = SegmentPixels.Length(labels, frames.Count);
        CheckLength(length);
        DicomDataset header = SegmentationHeader.Build(source, labels.Geometry.Grid, description, SegmentationKind.Binary, frames);
        DicomWriter.Write(output, header, DicomTag.PixelData, DicomVR.Parse("OB"), length,
            pixels => SegmentPixels.Write(pixels, labels, description.Segments, frames, cancellationToken));
    }

    /// <summary>Writes a LABELMAP object: one frame a slice, whose pixels are segment numbers, of 16 bits where there are over 255 segments.</summary>
    /// <inheritdoc cref="Write"/>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented.</param>
    /// <param name="labels">On exactly the series' grid.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="syntax">Explicit VR Little Endian, RLE Lossless or Deflated Image Frame.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <remarks>Where the series' grid is interpolated, each pixel of a slice takes the label of the nearest voxel. The same input gives the
    /// same bytes.</remarks>
    public static void WriteLabelMap(
        Stream output, DicomSeries source, LabelMap labels, SegmentationDescription description, DicomTransferSyntax syntax,
        CancellationToken cancellationToken)
    {
        labels = DerivedObject.OnSlices(source, labels, description, cancellationToken);
        SegmentFrame[] frames = [.. Enumerable.Range(0, source.Slices.Count).Select(k => new SegmentFrame(0, k))];
        LabelMapPixels pixels = new(labels, description.Segments);
        CheckLength(pixels.Length);
        DicomDataset header = SegmentationHeader.Build(source, labels.Geometry.Grid, description, SegmentationKind.LabelMap, frames);
        header.InternalTransferSyntax = syntax;
        if (syntax.IsEncapsulated) DicomWriter.WriteFrames(output, header, pixels.Encoded(syntax, cancellationToken));
        else
            DicomWriter.Write(output, header, DicomTag.PixelData, pixels.Representation, pixels.Length, stream =>
            {
                foreach (byte[] frame in pixels.Frames(cancellationToken)) stream.Write(frame);
            });
    }

    /// <summary>Writes a FRACTIONAL object of one segment: probabilities of 255 steps, one frame a slice that has any.</summary>
    /// <inheritdoc cref="Write"/>
    /// <param name="output">Written forwards only; borrowed.</param>
    /// <param name="source">Series that was segmented.</param>
    /// <param name="fractions">One channel of real values on exactly the series' grid, rounded to the nearest step; below 0 counts as 0, above 1 as 1.</param>
    /// <param name="description">What the object says of itself; one segment, whose label means nothing.</param>
    /// <param name="cancellationToken">Checked once a frame.</param>
    /// <remarks>Where the series' grid is interpolated, each pixel of a slice takes the value of the nearest voxel. A map of zeros gives one
    /// empty frame. The same input gives the same bytes.</remarks>
    public static void WriteFractional(
        Stream output, DicomSeries source, Volume fractions, SegmentationDescription description, CancellationToken cancellationToken)
    {
        if (description.Segments.Count != 1) throw new ArgumentException("A map is one segment.", nameof(description));
        byte[] steps = new byte[fractions.Geometry.Grid.VoxelCount];
        ReadOnlySpan<float> values = fractions.Voxels<float>(0);
        for (int n = 0; n < steps.Length; n++) steps[n] = (byte)(Math.Clamp(values[n], 0, 1) * byte.MaxValue + 0.5f);
        LabelMap onSlices = DerivedObject.OnSlices(source, new LabelMap(fractions.Geometry, steps), description, cancellationToken);
        GridSize grid = onSlices.Geometry.Grid;
        int plane = grid.Height * grid.Width;
        List<SegmentFrame> frames = [];
        for (int k = 0; k < grid.Depth; k++)
            if (onSlices.Bytes.Slice(k * plane, plane).ContainsAnyExcept((byte)0)) frames.Add(new SegmentFrame(0, k));
        if (frames.Count == 0) frames.Add(new SegmentFrame(0, 0));
        DicomDataset header = SegmentationHeader.Build(source, grid, description, SegmentationKind.Fractional, frames);
        DicomWriter.Write(output, header, DicomTag.PixelData, DicomVR.Parse("OB"), (long)frames.Count * plane, pixels =>
        {
            foreach (SegmentFrame frame in frames)
            {
                cancellationToken.ThrowIfCancellationRequested();
                pixels.Write(onSlices.Bytes.Slice(frame.Slice * plane, plane));
            }
        });
    }

    private static void CheckLength(long length)
    {
        if (length >= uint.MaxValue)
            throw new SegmentationException(ErrorCode.TooLarge, "The segmentation would have over 4 GiB of pixels; ask for fewer labels, or for NIfTI.");
    }
}
