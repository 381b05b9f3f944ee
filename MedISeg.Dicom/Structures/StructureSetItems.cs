using System.Globalization;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;

namespace MedISeg.Dicom.Structures;

/// <summary>The data set of an RT structure set. Source: PS3.3 A.19.3.</summary>
internal static class StructureSetItems
{
    /// <summary>Class of a study that sequences refer to. Source: PS3.6, retired, and still what readers expect there.</summary>
    private const string DetachedStudyManagement = "1.2.840.10008.3.1.2.3.1";

    private const string Automatic = "AUTOMATIC";

    /// <summary>Builds it.</summary>
    /// <param name="source">Its header has a frame of reference.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="contours">One list a segment.</param>
    public static DicomDataset Create(DicomSeries source, SegmentationDescription description, IReadOnlyList<RoiContour>[] contours)
    {
        DicomDataset target = DerivedObject.Create(source, description, DicomUID.RTStructureSetStorage, "RTSTRUCT");
        string date = target.GetString(DicomTag.InstanceCreationDate), time = target.GetString(DicomTag.InstanceCreationTime);
        SourceReferences references = new(source);
        DicomDataset[] slices = [.. source.Slices.Select((_, k) => references.Image(k))];
        return target
            .PutText(DicomTag.OperatorsName, "")
            .PutText(DicomTag.StructureSetLabel, "SEGMENTATION")
            .PutText(DicomTag.StructureSetName, description.SeriesDescription)
            .PutText(DicomTag.StructureSetDescription, description.ContentDescription)
            .PutText(DicomTag.StructureSetDate, date)
            .PutText(DicomTag.StructureSetTime, time)
            .PutText(DicomTag.ApprovalStatus, "UNAPPROVED")
            .AddOrUpdate(DicomTag.ReferencedFrameOfReferenceSequence, FrameOfReference(source, target, references, description.UidRoot))
            .AddOrUpdate(new DicomSequence(DicomTag.StructureSetROISequence,
                description.Segments.Select((segment, n) => Roi(description, segment, n + 1, target.GetString(DicomTag.FrameOfReferenceUID)))))
            .AddOrUpdate(new DicomSequence(DicomTag.ROIContourSequence, description.Segments.Select((segment, n) => Contours(segment, n + 1, contours[n], slices))))
            .AddOrUpdate(new DicomSequence(DicomTag.RTROIObservationsSequence, description.Segments.Select((segment, n) => Observation(segment, n + 1))));
    }

    private static DicomDataset FrameOfReference(DicomSeries source, DicomDataset target, SourceReferences references, string root)
    {
        DicomDataset series = new DicomDataset()
            .AddOrUpdate(DicomTag.SeriesInstanceUID, SourceUids.Series(source, root))
            .AddOrUpdate(new DicomSequence(DicomTag.ContourImageSequence, references.Instances()));
        DicomDataset study = new DicomDataset()
            .AddOrUpdate(DicomTag.ReferencedSOPClassUID, DetachedStudyManagement)
            .AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, target.GetString(DicomTag.StudyInstanceUID))
            .AddOrUpdate(DicomTag.RTReferencedSeriesSequence, series);
        return new DicomDataset()
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, target.GetString(DicomTag.FrameOfReferenceUID))
            .AddOrUpdate(DicomTag.RTReferencedStudySequence, study);
    }

    private static DicomDataset Roi(SegmentationDescription description, SegmentDescription segment, int number, string frameOfReference) => new DicomDataset()
        .AddOrUpdate(DicomTag.ROINumber, number)
        .AddOrUpdate(DicomTag.ReferencedFrameOfReferenceUID, frameOfReference)
        .PutText(DicomTag.ROIName, SegmentItems.Name(segment, number))
        .PutText(DicomTag.ROIGenerationAlgorithm, Automatic)
        .PutText(DicomTag.ROIGenerationDescription, $"{description.AlgorithmName} {description.AlgorithmVersion}")
        .AddOrUpdate(DicomTag.ROIDerivationAlgorithmIdentificationSequence, SegmentItems.Algorithm(description));

    private static DicomDataset Contours(SegmentDescription segment, int number, IReadOnlyList<RoiContour> contours, DicomDataset[] slices)
    {
        DicomDataset item = new DicomDataset().AddOrUpdate(DicomTag.ReferencedROINumber, number);
        if (segment.Colour is { } colour) item.AddOrUpdate(DicomTag.ROIDisplayColor, (int)colour.R, colour.G, colour.B);
        if (contours.Count == 0) return item;
        return item.AddOrUpdate(new DicomSequence(DicomTag.ContourSequence, contours.Select((contour, n) => new DicomDataset()
            .AddOrUpdate(DicomTag.ContourNumber, n + 1)
            .AddOrUpdate(new DicomSequence(DicomTag.ContourImageSequence, slices[contour.Slice]))
            .PutText(DicomTag.ContourGeometricType, "CLOSED_PLANAR")
            .AddOrUpdate(DicomTag.NumberOfContourPoints, contour.Points)
            .AddOrUpdate(new DicomElement(DicomTag.ContourData, DicomVR.Parse("DS"), contour.Data)))));
    }

    private static DicomDataset Observation(SegmentDescription segment, int number) => new DicomDataset()
        .AddOrUpdate(DicomTag.ObservationNumber, number)
        .AddOrUpdate(DicomTag.ReferencedROINumber, number)
        .PutText(DicomTag.ROIObservationLabel, string.Create(CultureInfo.InvariantCulture, $"ROI {number}"))
        .AddOrUpdate(DicomTag.RTROIIdentificationCodeSequence, Utf8Elements.Item(segment.Type))
        .PutText(DicomTag.RTROIInterpretedType, "")
        .PutText(DicomTag.ROIInterpreter, "");
}
