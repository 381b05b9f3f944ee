using MedISeg.Imaging.Geometry;

namespace MedISeg.Dicom.Series;

/// <summary>What the slices of a written series share, and what each has of its own.</summary>
internal sealed class SeriesTemplate
{
    private readonly DicomDataset _common = new();
    private readonly VolumeGeometry _geometry;
    private readonly string _instanceRoot;

    /// <summary>Fills a template up to a whole object.</summary>
    /// <param name="template">What the caller wants in every slice; its pixel attributes are not looked at.</param>
    /// <param name="geometry">Right-handed grid.</param>
    /// <param name="slope">Factor to real values.</param>
    /// <param name="intercept">Summand to real values.</param>
    /// <param name="signed">Whether stored values are two's complement.</param>
    public SeriesTemplate(DicomDataset template, VolumeGeometry geometry, double slope, double intercept, bool signed)
    {
        _geometry = geometry;
        foreach (DicomItem item in template.Items)
            if (item.Tag.Group is not (0x0002 or 0x7fe0) && item is not DicomFragmentSequence) _common.AddOrUpdate(item);
        Add(DicomTag.Modality, "CT");
        string modality = _common.GetString(DicomTag.Modality);
        Add(DicomTag.SOPClassUID, modality switch
        {
            "CT" => DicomUID.CTImageStorage,
            "MR" => DicomUID.MRImageStorage,
            "PT" => DicomUID.PositronEmissionTomographyImageStorage,
            _ => DicomUID.SecondaryCaptureImageStorage,
        });
        foreach (DicomTag uid in (DicomTag[])[DicomTag.StudyInstanceUID, DicomTag.SeriesInstanceUID, DicomTag.FrameOfReferenceUID])
            Add(uid, DicomUID.Generate());
        _instanceRoot = _common.GetString(DicomTag.SeriesInstanceUID);
        AddModules();
        if (modality == "CT") AddCt();
        if (modality == "MR") AddMr();
        if (_common.GetString(DicomTag.SOPClassUID) == DicomUID.SecondaryCaptureImageStorage) AddCapture();
        SetImage(signed);
        if (slope != 1 || intercept != 0 || modality is "CT" or "PT")
        {
            _common.AddOrUpdate(DicomTag.RescaleIntercept, intercept).AddOrUpdate(DicomTag.RescaleSlope, slope);
            if (modality != "PT") Add(DicomTag.RescaleType, modality == "CT" ? "HU" : "US");
        }
    }

    /// <summary>The data set of a slice, without pixels.</summary>
    /// <param name="k">From 0, along the normal.</param>
    public DicomDataset Slice(int k)
    {
        DicomDataset slice = new();
        foreach (DicomItem item in _common.Items) slice.AddOrUpdate(item);
        Vector3D position = _geometry.IndexToPatient.Apply(0, 0, k);
        return slice
            .AddOrUpdate(DicomTag.SOPInstanceUID, DicomUID.Derive($"{_instanceRoot}/{k}"))
            .AddOrUpdate(DicomTag.InstanceNumber, k + 1)
            .AddOrUpdate(DicomTag.ImagePositionPatient, position.X, position.Y, position.Z);
    }

    /// <summary>Patient, study, series, frame of reference, equipment. Source: PS3.3 A.3.3, types 1 and 2.</summary>
    private void AddModules()
    {
        Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        foreach (DicomTag tag in (DicomTag[])
        [
            DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyDate, DicomTag.StudyTime,
            DicomTag.ReferringPhysicianName, DicomTag.StudyID, DicomTag.AccessionNumber, DicomTag.PositionReferenceIndicator, DicomTag.Manufacturer,
            DicomTag.AcquisitionNumber,
        ])
            Add(tag);
        // Whoever names the body part says which side it is, where there are two.
        if (!_common.Contains(DicomTag.BodyPartExamined)) Add(DicomTag.Laterality);
        Add(DicomTag.SeriesNumber, 1);
        // Needed for CT and MR; head first, on the back is what LPS axes along the scanner's mean.
        Add(DicomTag.PatientPosition, "HFS");
        Add(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL");
    }

    /// <summary>Source: PS3.3 C.8.2.1.</summary>
    private void AddCt() => Add(DicomTag.KVP);

    /// <summary>Source: PS3.3 C.8.6.1 and, as it has no frame of reference of its own, C.7.6.1.</summary>
    private void AddCapture()
    {
        Add(DicomTag.ConversionType, "WSD");
        Add(DicomTag.PatientOrientation);
    }

    /// <summary>Source: PS3.3 C.8.3.1.</summary>
    private void AddMr()
    {
        Add(DicomTag.ScanningSequence, "RM");
        Add(DicomTag.SequenceVariant, "NONE");
        foreach (DicomTag tag in (DicomTag[])
            [DicomTag.ScanOptions, DicomTag.MRAcquisitionType, DicomTag.RepetitionTime, DicomTag.EchoTime, DicomTag.EchoTrainLength])
            Add(tag);
    }

    private void SetImage(bool signed)
    {
        Affine map = _geometry.IndexToPatient;
        Vector3D row = map.I * (1 / map.I.Length), column = map.J * (1 / map.J.Length);
        _common
            .AddOrUpdate(DicomTag.ImageOrientationPatient, row.X, row.Y, row.Z, column.X, column.Y, column.Z)
            .AddOrUpdate(DicomTag.PixelSpacing, _geometry.Spacing.J, _geometry.Spacing.I)
            .AddOrUpdate(DicomTag.Rows, checked((ushort)_geometry.Grid.Height)).AddOrUpdate(DicomTag.Columns, checked((ushort)_geometry.Grid.Width))
            .AddOrUpdate(DicomTag.SamplesPerPixel, (ushort)1).AddOrUpdate(DicomTag.PhotometricInterpretation, "MONOCHROME2")
            .AddOrUpdate(DicomTag.BitsAllocated, (ushort)16).AddOrUpdate(DicomTag.BitsStored, (ushort)16).AddOrUpdate(DicomTag.HighBit, (ushort)15)
            .AddOrUpdate(DicomTag.PixelRepresentation, signed ? (ushort)1 : (ushort)0)
            .Remove(DicomTag.NumberOfFrames).Remove(DicomTag.PlanarConfiguration).Remove(DicomTag.SpacingBetweenSlices);
        Add(DicomTag.SliceThickness, _geometry.Spacing.K);
    }

    private void Add<T>(DicomTag tag, params T[] values)
    {
        if (!_common.Contains(tag)) _common.AddOrUpdate(tag, values);
    }

    private void Add(DicomTag tag) => Add<string>(tag);
}
