using System.Globalization;
using MedISeg.Dicom.Series;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>What all objects that are made of a series have in common: patient and study are the source's, series and equipment ours.</summary>
public static class DerivedObject
{
    /// <summary>Who makes the objects.</summary>
    internal const string Product = "MedISeg";

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
        DicomTag.PatientIdentityRemoved, DicomTag.DeidentificationMethod, DicomTag.LongitudinalTemporalInformationModified,
    ];

    private static DicomTag ContributionDateTime => new(0x0018, 0xa002);

    private static DicomTag ContributionDescription => new(0x0018, 0xa003);

    /// <summary>Whether we made an object.</summary>
    /// <param name="header">Its header.</param>
    public static bool IsOurs(DicomDataset header) => header.GetSingleValueOrDefault(DicomTag.ManufacturerModelName, "") == Product;

    /// <summary>Patient, study, frame of reference, series and equipment.</summary>
    /// <param name="source">Its header has a frame of reference.</param>
    /// <param name="description">What the object says of itself.</param>
    /// <param name="sopClass">Class of the object.</param>
    /// <param name="modality">Modality of its series.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">The source lacks an attribute that the object must have.</exception>
    internal static DicomDataset Create(DicomSeries source, SegmentationDescription description, string sopClass, string modality)
    {
        DicomDataset target = new();
        AddPatientAndStudy(target, source, description.UidRoot);
        AddSeries(target, description, sopClass, modality);
        AddEquipment(target, source.Header, description);
        return target;
    }

    /// <summary>Checks that an object can be made of a series and its labels.</summary>
    /// <exception cref="ArgumentException">The label map is on another grid, or there is no segment.</exception>
    /// <exception cref="Imaging.Errors.SegmentationException"><see cref="Imaging.Errors.ErrorCode.InvalidGeometry"/>: the source has no frame of reference.</exception>
    internal static void Check(DicomSeries source, LabelMap labels, SegmentationDescription description)
    {
        if (description.Segments.Count is < 1 or > ushort.MaxValue)
            throw new ArgumentException("A segmentation has 1 to 65535 segments.", nameof(description));
        if (!source.Geometry.Matches(labels.Geometry)) throw new ArgumentException("The label map is not on the series' grid.", nameof(labels));
        if (source.Header.GetValueCount(DicomTag.FrameOfReferenceUID) == 0) throw FrameItems.NoPlace();
    }

    /// <summary>The labels of the slices' own pixels, of which an interpolated grid's planes are no copies.</summary>
    /// <returns>One plane a slice.</returns>
    /// <inheritdoc cref="Check" path="/exception"/>
    internal static LabelMap OnSlices(DicomSeries source, LabelMap labels, SegmentationDescription description, CancellationToken cancellationToken)
    {
        Check(source, labels, description);
        return source.Stack?.ToSlices(labels, cancellationToken) ?? labels;
    }

    private static void AddPatientAndStudy(DicomDataset target, DicomSeries source, string root)
    {
        target.PutText(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        foreach (DicomTag tag in Always) target.CopyText(source.Header, tag, always: true);
        foreach (DicomTag tag in WherePresent) target.CopyText(source.Header, tag, always: false);
        target.CopyCodes(source.Header, DicomTag.DeidentificationMethodCodeSequence);
        // Whoever says that identity was removed must say how.
        if (target.GetSingleValueOrDefault(DicomTag.PatientIdentityRemoved, "") == "YES" && !target.Contains(DicomTag.DeidentificationMethod)
            && !target.Contains(DicomTag.DeidentificationMethodCodeSequence))
            target.PutText(DicomTag.DeidentificationMethod, "Not stated");
        target.AddOrUpdate(DicomTag.StudyInstanceUID, SourceUids.Study(source, root))
            .AddOrUpdate(DicomTag.FrameOfReferenceUID, SourceUids.Required(source.Header, DicomTag.FrameOfReferenceUID));
    }

    private static void AddSeries(DicomDataset target, SegmentationDescription description, string sopClass, string modality)
    {
        string date = description.CreatedAt.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string time = description.CreatedAt.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);
        target.AddOrUpdate(DicomTag.SOPClassUID, sopClass)
            .AddOrUpdate(DicomTag.SOPInstanceUID, description.SopInstanceUid)
            .AddOrUpdate(DicomTag.SeriesInstanceUID, description.SeriesInstanceUid)
            .PutText(DicomTag.Modality, modality)
            .AddOrUpdate(DicomTag.SeriesNumber, description.SeriesNumber)
            .PutText(DicomTag.SeriesDescription, description.SeriesDescription)
            .AddOrUpdate(DicomTag.InstanceNumber, 1)
            .PutText(DicomTag.InstanceCreationDate, date)
            .PutText(DicomTag.InstanceCreationTime, time);
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
}
