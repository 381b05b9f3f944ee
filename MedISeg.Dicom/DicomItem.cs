namespace MedISeg.Dicom;

/// <summary>A data element of whatever kind.</summary>
public abstract class DicomItem(DicomTag tag, DicomVR representation)
{
    /// <summary>Its name.</summary>
    public DicomTag Tag { get; } = tag;

    /// <summary>How its value is read.</summary>
    public DicomVR ValueRepresentation { get; } = representation;
}
