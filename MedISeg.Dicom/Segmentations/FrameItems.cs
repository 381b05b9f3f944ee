using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Segmentations;

/// <summary>The functional groups of an object: what all frames share, and what each has of its own. Source: PS3.3 C.7.6.16 and
/// C.8.20.3.</summary>
internal static class FrameItems
{
    /// <summary>The one dimension organization and its indices: segment, then position; of a label map position alone.</summary>
    public static void AddDimensions(DicomDataset target, string organizationUid, SegmentationKind kind)
    {
        DicomDataset position = Index(organizationUid, DicomTag.ImagePositionPatient, DicomTag.PlanePositionSequence, "Position");
        DicomDataset[] indices = kind == SegmentationKind.LabelMap
            ? [position]
            : [Index(organizationUid, DicomTag.ReferencedSegmentNumber, DicomTag.SegmentIdentificationSequence, "Segment"), position];
        target.AddOrUpdate(DicomTag.DimensionOrganizationSequence, new DicomDataset().AddOrUpdate(DicomTag.DimensionOrganizationUID, organizationUid))
            .AddOrUpdate(DicomTag.DimensionIndexSequence, indices);
    }

    /// <summary>Orientation and pixel measures, which all slices of a series share.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: the source does not state its orientation.</exception>
    public static DicomSequence Shared(DicomSeries source)
    {
        DicomSlice first = source.Slices[0];
        SpacingMm spacing = source.Geometry.Spacing;
        double[] orientation = FunctionalGroups.Orientation(first.Header, first.Frame) ?? throw NoPlace();
        DicomDataset measures = new DicomDataset()
            .AddOrUpdate(DicomTag.PixelSpacing, FunctionalGroups.PixelSpacing(first.Header, first.Frame) ?? [spacing.J, spacing.I])
            .AddOrUpdate(DicomTag.SliceThickness, FunctionalGroups.Measure(first.Header, first.Frame, DicomTag.SliceThickness) ?? spacing.K);
        // Computed: a source's own SpacingBetweenSlices is wrong too often.
        if (source.Slices.Count > 1 && source.Stack is null) measures.AddOrUpdate(DicomTag.SpacingBetweenSlices, spacing.K);
        return new DicomSequence(DicomTag.SharedFunctionalGroupsSequence, new DicomDataset()
            .AddOrUpdate(DicomTag.PlaneOrientationSequence, new DicomDataset().AddOrUpdate(DicomTag.ImageOrientationPatient, orientation))
            .AddOrUpdate(DicomTag.PixelMeasuresSequence, measures));
    }

    /// <summary>One item a frame. Frames of one slice share its position and derivation, frames of one segment its number: there may be
    /// tens of thousands.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidGeometry"/>: a source slice does not state its position.</exception>
    public static DicomSequence PerFrame(
        DicomSeries source, SourceReferences references, IReadOnlyList<SegmentFrame> frames, SegmentationKind kind, int segments)
    {
        bool bySegment = kind != SegmentationKind.LabelMap;
        int slices = source.Slices.Count;
        int[] positionIndex = new int[slices];
        foreach (SegmentFrame frame in frames) positionIndex[frame.Slice] = 1;
        for (int k = 0, used = 0; k < slices; k++)
            if (positionIndex[k] > 0) positionIndex[k] = ++used;

        DicomSequence[] numbers = [.. Enumerable.Range(1, segments).Select(number => new DicomSequence(DicomTag.SegmentIdentificationSequence,
            new DicomDataset().AddOrUpdate(DicomTag.ReferencedSegmentNumber, number)))];
        DicomSequence?[] positions = new DicomSequence?[slices], derivations = new DicomSequence?[slices];
        DicomDataset[] items = new DicomDataset[frames.Count];
        for (int n = 0; n < items.Length; n++)
        {
            (int segment, int k) = (frames[n].Segment, frames[n].Slice);
            int[] indices = bySegment ? [segment + 1, positionIndex[k]] : [positionIndex[k]];
            DicomDataset content = new DicomDataset().AddOrUpdate(DicomTag.DimensionIndexValues, indices);
            items[n] = new DicomDataset()
                .AddOrUpdate(derivations[k] ??= references.Derivation(k))
                .AddOrUpdate(DicomTag.FrameContentSequence, content)
                .AddOrUpdate(positions[k] ??= Position(source.Slices[k]));
            if (bySegment) items[n].AddOrUpdate(numbers[segment]);
        }
        return new DicomSequence(DicomTag.PerFrameFunctionalGroupsSequence, items);
    }

    /// <summary>A source that does not say where it lies in the patient.</summary>
    public static SegmentationException NoPlace() => new(ErrorCode.InvalidGeometry,
        "The images do not say where they lie in the patient (frame of reference, position and orientation), which a DICOM segmentation "
        + "needs; ask for the result as NIfTI or PNG.");

    private static DicomSequence Position(DicomSlice slice)
    {
        Vector3D place = FunctionalGroups.Position(slice.Header, slice.Frame) ?? throw NoPlace();
        return new DicomSequence(DicomTag.PlanePositionSequence,
            new DicomDataset().AddOrUpdate(DicomTag.ImagePositionPatient, place.X, place.Y, place.Z));
    }

    private static DicomDataset Index(string organizationUid, DicomTag pointer, DicomTag group, string label) => new DicomDataset()
        .AddOrUpdate(DicomTag.DimensionOrganizationUID, organizationUid)
        .AddOrUpdate(DicomTag.DimensionIndexPointer, pointer)
        .AddOrUpdate(DicomTag.FunctionalGroupPointer, group)
        .PutText(DicomTag.DimensionDescriptionLabel, label);
}
