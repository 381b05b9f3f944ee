using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Everything of a segmentation object but its pixels. Source: PS3.3 A.51.3.</summary>
internal static class SegmentationHeader
{
    /// <summary>Builds it.</summary>
    /// <param name="source">Its header has a frame of reference.</param>
    /// <param name="grid">Grid of the label map.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="kind">How it holds its segments.</param>
    /// <param name="frames">At least one.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">The source lacks an attribute that the object must have.</exception>
    public static DicomDataset Build(
        DicomSeries source, GridSize grid, SegmentationDescription description, SegmentationKind kind, IReadOnlyList<SegmentFrame> frames)
    {
        SourceReferences references = new(source);
        DicomDataset target = DerivedObject.Create(
            source, description, kind == SegmentationKind.LabelMap ? DicomUID.LabelMapSegmentationStorage : DicomUID.SegmentationStorage, "SEG");
        AddContent(target, description);
        AddImage(target, grid, frames.Count);
        AddKind(target, kind, description.Segments);
        references.CopyLossyCompression(target);
        target.AddOrUpdate(SegmentItems.Create(description, kind)).AddOrUpdate(references.ReferencedSeries(description.UidRoot));
        FrameItems.AddDimensions(target, description.DimensionOrganizationUid, kind);
        // Frames of a label map are its planes, one a slice.
        if (kind == SegmentationKind.LabelMap && source.Stack is null) target.PutText(DicomTag.DimensionOrganizationType, "3D");
        return target.AddOrUpdate(FrameItems.Shared(source))
            .AddOrUpdate(FrameItems.PerFrame(source, references, frames, kind, description.Segments.Count));
    }

    private static void AddContent(DicomDataset target, SegmentationDescription description) => target
        .PutText(DicomTag.ContentDate, target.GetString(DicomTag.InstanceCreationDate))
        .PutText(DicomTag.ContentTime, target.GetString(DicomTag.InstanceCreationTime))
        .PutText(DicomTag.ContentLabel, "SEGMENTATION")
        .PutText(DicomTag.ContentDescription, description.ContentDescription)
        .PutText(DicomTag.ContentCreatorName, DerivedObject.Product + "^Service");

    private static void AddImage(DicomDataset target, GridSize grid, int frames) => target
        .AddOrUpdate(DicomTag.ImageType, "DERIVED", "PRIMARY")
        .AddOrUpdate(DicomTag.SamplesPerPixel, 1)
        .PutText(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .AddOrUpdate(DicomTag.NumberOfFrames, frames)
        .AddOrUpdate(DicomTag.Rows, grid.Height)
        .AddOrUpdate(DicomTag.Columns, grid.Width)
        .AddOrUpdate(DicomTag.PixelRepresentation, 0);

    private static void AddKind(DicomDataset target, SegmentationKind kind, IReadOnlyList<SegmentDescription> segments)
    {
        int bits = kind switch
        {
            SegmentationKind.Binary => 1,
            SegmentationKind.LabelMap when segments.Count > byte.MaxValue => 16,
            _ => 8,
        };
        target.AddOrUpdate(DicomTag.BitsAllocated, bits).AddOrUpdate(DicomTag.BitsStored, bits).AddOrUpdate(DicomTag.HighBit, bits - 1);
        switch (kind)
        {
            case SegmentationKind.Binary:
                target.PutText(DicomTag.SegmentationType, "BINARY").PutText(DicomTag.SegmentsOverlap, SegmentLabels.Overlap(segments) ? "YES" : "NO");
                break;
            case SegmentationKind.LabelMap:
                target.PutText(DicomTag.SegmentationType, "LABELMAP").PutText(DicomTag.SegmentsOverlap, "NO")
                    .PutText(DicomTag.PresentationLUTShape, "IDENTITY").AddOrUpdate(DicomVR.Parse("US"), DicomTag.PixelPaddingValue, (ushort)0);
                break;
            case SegmentationKind.Fractional:
                target.PutText(DicomTag.SegmentationType, "FRACTIONAL").PutText(DicomTag.SegmentsOverlap, "UNDEFINED")
                    .PutText(DicomTag.SegmentationFractionalType, "PROBABILITY").AddOrUpdate(DicomTag.MaximumFractionalValue, byte.MaxValue);
                break;
        }
    }
}
