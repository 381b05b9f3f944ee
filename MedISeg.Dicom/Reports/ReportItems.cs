using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;

namespace MedISeg.Dicom.Reports;

/// <summary>The data set of a measurement report. Source: PS3.3 A.35.13, PS3.16 TID 1500, 1411, 1001, 1600.</summary>
internal static class ReportItems
{
    /// <summary>Digits of a volume: more than the segmentation is worth, and as many as a decimal string holds.</summary>
    private const int Decimals = 6;

    private static readonly DicomCode
        MeasurementReport = Dcm("126000", "Imaging Measurement Report"), Measurements = Dcm("126010", "Imaging Measurements"), Group = Dcm("125007", "Measurement Group"),
        Language = Dcm("121049", "Language of Content Item and Descendants"), English = new("RFC5646", "en-US", "English (United States)"),
        ObserverType = Dcm("121005", "Observer Type"), Device = Dcm("121007", "Device"), ObserverUid = Dcm("121012", "Device Observer UID"),
        ObserverName = Dcm("121013", "Device Observer Name"), ObserverManufacturer = Dcm("121014", "Device Observer Manufacturer"),
        ObserverModel = Dcm("121015", "Device Observer Model Name"), ObserverSerial = Dcm("121016", "Device Observer Serial Number"),
        Procedure = Dcm("121058", "Procedure reported"), Imaging = new("SCT", "363679005", "Imaging procedure"),
        Library = Dcm("111028", "Image Library"), LibraryGroup = Dcm("126200", "Image Library Group"),
        TrackingName = Dcm("112039", "Tracking Identifier"), TrackingUid = Dcm("112040", "Tracking Unique Identifier"),
        FindingCategory = new("SCT", "276214006", "Finding category"), Finding = Dcm("121071", "Finding"),
        FindingSite = new("SCT", "363698007", "Finding Site"), Laterality = new("SCT", "272741003", "Laterality"),
        Segment = Dcm("121191", "Referenced Segment"), SourceSeries = Dcm("121232", "Source series for segmentation"),
        AlgorithmName = Dcm("111001", "Algorithm Name"), AlgorithmVersion = Dcm("111003", "Algorithm Version"),
        Volume = new("SCT", "118565006", "Volume"), Millilitre = new("UCUM", "ml", "milliliter");

    /// <summary>Builds it.</summary>
    /// <param name="source">Its header has a frame of reference.</param>
    /// <param name="description">What the report says of itself.</param>
    /// <param name="segmentation">What the segmentation says of itself.</param>
    /// <param name="volumes">Of each segment, ml.</param>
    public static DicomDataset Create(
        DicomSeries source, SegmentationDescription description, SegmentationDescription segmentation, IReadOnlyList<double> volumes)
    {
        DicomDataset target = DerivedObject.Create(source, description, DicomUID.Comprehensive3DSRStorage, "SR");
        // A report lies nowhere.
        target.Remove(DicomTag.FrameOfReferenceUID).Remove(DicomTag.PositionReferenceIndicator);
        SourceReferences references = new(source);
        target.AddOrUpdate(new DicomSequence(DicomTag.ReferencedPerformedProcedureStepSequence))
            .AddOrUpdate(new DicomSequence(DicomTag.PerformedProcedureCodeSequence))
            .PutText(DicomTag.ContentDate, target.GetString(DicomTag.InstanceCreationDate))
            .PutText(DicomTag.ContentTime, target.GetString(DicomTag.InstanceCreationTime))
            .PutText(DicomTag.CompletionFlag, "COMPLETE")
            .PutText(DicomTag.VerificationFlag, "UNVERIFIED")
            .AddOrUpdate(DicomTag.CurrentRequestedProcedureEvidenceSequence, Evidence(target, source, references, segmentation));
        DicomDataset root = ContentItem.Container(MeasurementReport, "1500",
            [
                ContentItem.Code(ContentItem.HasModifier, Language, English), .. Observer(description),
                ContentItem.Code(ContentItem.HasModifier, Procedure, Imaging),
                ContentItem.Container(Library, null, ContentItem.Container(LibraryGroup, null, references.Instances().Select(image => ContentItem.Image(null, image)))),
                ContentItem.Container(Measurements, null,
                    description.Segments.Select((segment, n) => Measured(source, description, segmentation, segment, n + 1, volumes[n]))),
            ]);
        // The root is the report itself and related to nothing.
        foreach (DicomItem item in root.Remove(DicomTag.RelationshipType).Items) target.AddOrUpdate(item);
        return target;
    }

    private static DicomDataset[] Observer(SegmentationDescription description) =>
    [
        ContentItem.Code(ContentItem.HasContext, ObserverType, Device),
        // One and the same device for one version of the software at one place.
        ContentItem.Uid(ContentItem.HasContext, ObserverUid, DicomUID.Derive($"device {description.DeviceSerialNumber}|{description.SoftwareVersion}", description.UidRoot)),
        ContentItem.Text(ContentItem.HasContext, ObserverName, DerivedObject.Product),
        ContentItem.Text(ContentItem.HasContext, ObserverManufacturer, DerivedObject.Product),
        ContentItem.Text(ContentItem.HasContext, ObserverModel, $"{DerivedObject.Product} {description.SoftwareVersion}"),
        ContentItem.Text(ContentItem.HasContext, ObserverSerial, description.DeviceSerialNumber),
    ];

    private static DicomDataset Measured(
        DicomSeries source, SegmentationDescription description, SegmentationDescription segmentation, SegmentDescription segment, int number, double volume)
    {
        DicomDataset reference = Segmentation(segmentation).AddOrUpdate(DicomTag.ReferencedSegmentNumber, number);
        DicomDataset[] sides = [.. segment.Modifiers.Select(side => ContentItem.Code(ContentItem.HasModifier, Laterality, side))];
        return ContentItem.Container(Group, "1411",
            ContentItem.Text(ContentItem.HasContext, TrackingName, SegmentItems.Name(segment, number)),
            ContentItem.Uid(ContentItem.HasContext, TrackingUid, segment.TrackingUid),
            ContentItem.Code(ContentItem.Contains, FindingCategory, segment.Category),
            ContentItem.Code(ContentItem.Contains, Finding, segment.Type),
            ContentItem.Image(Segment, reference),
            ContentItem.Uid(ContentItem.Contains, SourceSeries, SourceUids.Series(source, segmentation.UidRoot)),
            ContentItem.Text(ContentItem.HasModifier, AlgorithmName, description.AlgorithmName),
            ContentItem.Text(ContentItem.HasModifier, AlgorithmVersion, description.AlgorithmVersion),
            ContentItem.Code(ContentItem.HasModifier, FindingSite, segment.Type, sides),
            ContentItem.Number(Volume, Math.Round(volume, Decimals), Millilitre));
    }

    /// <summary>All that the report refers to: the source's instances and the segmentation.</summary>
    private static DicomDataset Evidence(DicomDataset target, DicomSeries source, SourceReferences references, SegmentationDescription segmentation) => new DicomDataset()
        .AddOrUpdate(DicomTag.StudyInstanceUID, target.GetString(DicomTag.StudyInstanceUID))
        .AddOrUpdate(DicomTag.ReferencedSeriesSequence,
            new DicomDataset().AddOrUpdate(DicomTag.SeriesInstanceUID, SourceUids.Series(source, segmentation.UidRoot))
                .AddOrUpdate(new DicomSequence(DicomTag.ReferencedSOPSequence, references.Instances())),
            new DicomDataset().AddOrUpdate(DicomTag.SeriesInstanceUID, segmentation.SeriesInstanceUid)
                .AddOrUpdate(new DicomSequence(DicomTag.ReferencedSOPSequence, Segmentation(segmentation))));

    private static DicomDataset Segmentation(SegmentationDescription segmentation) => new DicomDataset()
        .AddOrUpdate(DicomTag.ReferencedSOPClassUID, DicomUID.SegmentationStorage)
        .AddOrUpdate(DicomTag.ReferencedSOPInstanceUID, segmentation.SopInstanceUid);

    private static DicomCode Dcm(string value, string meaning) => new("DCM", value, meaning);
}
