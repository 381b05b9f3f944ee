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
    /// <param name="kind">How it holds its segments.</param>
    /// <param name="frames">At least one.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">The source lacks an attribute that the object must have.</exception>
    public static DicomDataset Build(
        DicomSeries source, GridSize grid, SegmentationDescription description, SegmentationKind kind, IReadOnlyList<SegmentFrame> frames)
    {
        DicomDataset target = new();
        SourceReferences references = new(source);
        AddPatientAndStudy(target, source);
        AddSeries(target, description, kind);
        AddEquipment(target, source.Header, description);
        AddImage(target, grid, frames.Count);
        AddKind(target, kind, description.Segments.Count);
        references.CopyLossyCompression(target);
        target.AddOrUpdate(SegmentItems.Create(description, kind)).AddOrUpdate(references.ReferencedSeries());
        FrameItems.AddDimensions(target, description.DimensionOrganizationUid, kind);
        // Frames of a label map are its planes, one a slice.
        if (kind == SegmentationKind.LabelMap && source.Stack is null) target.PutText(DicomTag.DimensionOrganizationType, "3D");
        return target.AddOrUpdate(FrameItems.Shared(source))
            .AddOrUpdate(FrameItems.PerFrame(source, references, frames, kind, description.Segments.Count));
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

    private static void AddSeries(DicomDataset target, SegmentationDescription description, SegmentationKind kind)
    {
        string date = description.CreatedAt.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string time = description.CreatedAt.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);
        target.AddOrUpdate(DicomTag.SOPClassUID, kind == SegmentationKind.LabelMap ? DicomUID.LabelMapSegmentationStorage : DicomUID.SegmentationStorage)
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
        .AddOrUpdate(DicomTag.PixelRepresentation, 0);

    private static void AddKind(DicomDataset target, SegmentationKind kind, int segments)
    {
        int bits = kind switch
        {
            SegmentationKind.Binary => 1,
            SegmentationKind.LabelMap when segments > byte.MaxValue => 16,
            _ => 8,
        };
        target.AddOrUpdate(DicomTag.BitsAllocated, bits).AddOrUpdate(DicomTag.BitsStored, bits).AddOrUpdate(DicomTag.HighBit, bits - 1);
        switch (kind)
        {
            case SegmentationKind.Binary:
                target.PutText(DicomTag.SegmentationType, "BINARY").PutText(DicomTag.SegmentsOverlap, "NO");
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
