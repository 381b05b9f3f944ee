using System.Globalization;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Everything of a segmentation object but its pixels. Source: PS3.3 A.51.3.</summary>
internal static class SegmentationHeader
{
    private const string Product = "MedISeg";

    private static readonly DicomCode AcquisitionEquipment = new("DCM", "109101", "Acquisition Equipment");

    private static readonly DicomCode ProcessingEquipment = new("DCM", "109102", "Processing Equipment");

    /// <summary>Attributes that must be there, with or without a value (type 2).</summary>
    private static readonly DicomTag[] Always =
    [
        DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.StudyID,
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.PositionReferenceIndicator,
    ];

    /// <summary>Attributes that are copied where the source has a value. PatientIdentityRemoved needs its method beside it.</summary>
    private static readonly DicomTag[] WherePresent =
    [
        DicomTag.StudyDescription, DicomTag.IssuerOfPatientID, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.PatientIdentityRemoved, DicomTag.DeidentificationMethod, LongitudinalTemporalInformationModified,
    ];

    private static DicomTag DeidentificationMethodCodeSequence => new(0x0012, 0x0064);

    private static DicomTag ContributionDateTime => new(0x0018, 0xa002);

    private static DicomTag ContributionDescription => new(0x0018, 0xa003);

    private static DicomTag LongitudinalTemporalInformationModified => new(0x0028, 0x0303);

    /// <summary>Builds it.</summary>
    /// <param name="source">Its header has a frame of reference.</param>
    /// <param name="grid">Grid of the label map.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="frames">At least one.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">The source lacks an attribute that the object must have.</exception>
    public static DicomDataset Build(
        DicomSeries source, GridSize grid, SegmentationDescription description, IReadOnlyList<SegmentFrame> frames)
    {
        DicomDataset target = new();
        SourceReferences references = new(source);
        AddPatientAndStudy(target, source);
        AddSeries(target, description);
        AddEquipment(target, source.Header, description);
        AddImage(target, grid, frames.Count);
        references.CopyLossyCompression(target);
        target.AddOrUpdate(SegmentItems.Create(description)).AddOrUpdate(references.ReferencedSeries());
        FrameItems.AddDimensions(target, description.DimensionOrganizationUid);
        return target.AddOrUpdate(FrameItems.Shared(source))
            .AddOrUpdate(FrameItems.PerFrame(source, references, frames, description.Segments.Count));
    }

    private static void AddPatientAndStudy(DicomDataset target, DicomSeries source)
    {
        target.PutText(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        foreach (DicomTag tag in Always) target.CopyText(source.Header, tag, always: true);
        foreach (DicomTag tag in WherePresent) target.CopyText(source.Header, tag, always: false);
        target.CopyCodes(source.Header, DeidentificationMethodCodeSequence);
        // Whoever says that identity was removed must say how.
        if (target.GetSingleValueOrDefault(DicomTag.PatientIdentityRemoved, "") == "YES" && !target.Contains(DicomTag.DeidentificationMethod)
            && !target.Contains(DeidentificationMethodCodeSequence))
            target.PutText(DicomTag.DeidentificationMethod, "Not stated");
        target.AddOrUpdate(DicomTag.StudyInstanceUID, SourceUids.Study(source))
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, SourceUids.Required(source.Header, DicomTag.FrameOfReferenceUID));
    }

    private static void AddSeries(DicomDataset target, SegmentationDescription description)
    {
        string date = description.CreatedAt.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string time = description.CreatedAt.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);
        target.AddOrUpdate(DicomTag.SOPClassUID, DicomUID.SegmentationStorage)
            .AddOrUpdate(DicomTag.SOPInstanceUID, description.SopInstanceUid)
            .AddOrUpdate(DicomTag.SeriesInstanceUID, description.SeriesInstanceUid)
            .PutText(DicomTag.Modality, "SEG")
            .AddOrUpdate(DicomTag.SeriesNumber, description.SeriesNumber)
            .PutText(DicomTag.SeriesDescription, description.SeriesDescription)
            .AddOrUpdate(DicomTag.InstanceNumber, 1)
            .PutText(DicomTag.InstanceCreationDate, date)
            .PutText(DicomTag.InstanceCreationTime, time)
            .PutText(DicomTag.ContentDate, date)
            .PutText(DicomTag.ContentTime, time)
            .PutText(DicomTag.ContentLabel, "SEGMENTATION")
            .PutText(DicomTag.ContentDescription, description.ContentDescription)
            .PutText(DicomTag.ContentCreatorName, Product + "^Service");
    }

    private static void AddEquipment(DicomDataset target, DicomDataset source, SegmentationDescription description)
    {
        Equipment(target, description);
        DicomDataset processing = Equipment(new DicomDataset(), description)
            .AddOrUpdate(DicomTag.PurposeOfReferenceCodeSequence, Utf8Elements.Item(ProcessingEquipment))
            .PutText(ContributionDateTime, description.CreatedAt.ToString("yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture))
            .PutText(ContributionDescription, "Segmentation by " + description.AlgorithmName);
        DicomDataset acquisition = new();
        foreach (DicomTag tag in (DicomTag[])[DicomTag.Manufacturer, DicomTag.ManufacturerModelName, DicomTag.DeviceSerialNumber, DicomTag.SoftwareVersions])
            acquisition.CopyText(source, tag, always: false);
        // Manufacturer is what an item must have.
        target.AddOrUpdate(new DicomSequence(DicomTag.ContributingEquipmentSequence, acquisition.Contains(DicomTag.Manufacturer)
            ? [acquisition.AddOrUpdate(DicomTag.PurposeOfReferenceCodeSequence, Utf8Elements.Item(AcquisitionEquipment)), processing]
            : [processing]));
    }

    private static DicomDataset Equipment(DicomDataset target, SegmentationDescription description) => target
        .PutText(DicomTag.Manufacturer, Product)
        .PutText(DicomTag.ManufacturerModelName, Product)
        .PutText(DicomTag.DeviceSerialNumber, description.DeviceSerialNumber)
        .PutText(DicomTag.SoftwareVersions, description.SoftwareVersion);

    private static void AddImage(DicomDataset target, GridSize grid, int frames) => target
        .AddOrUpdate(DicomTag.ImageType, "DERIVED", "PRIMARY")
        .AddOrUpdate(DicomTag.SamplesPerPixel, 1)
        .PutText(DicomTag.PhotometricInterpretation, "MONOCHROME2")
        .AddOrUpdate(DicomTag.NumberOfFrames, frames)
        .AddOrUpdate(DicomTag.Rows, grid.Height)
        .AddOrUpdate(DicomTag.Columns, grid.Width)
        .AddOrUpdate(DicomTag.BitsAllocated, 1)
        .AddOrUpdate(DicomTag.BitsStored, 1)
        .AddOrUpdate(DicomTag.HighBit, 0)
        .AddOrUpdate(DicomTag.PixelRepresentation, 0)
        .PutText(DicomTag.SegmentationType, "BINARY")
        .PutText(DicomTag.SegmentsOverlap, "NO");
}
