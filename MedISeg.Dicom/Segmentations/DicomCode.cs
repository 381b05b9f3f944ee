namespace MedISeg.Dicom.Segmentations;

/// <summary>A code of a coding scheme.</summary>
/// <param name="Scheme">Coding scheme designator, e.g. SCT or DCM.</param>
/// <param name="Value">Code value.</param>
/// <param name="Meaning">What it means; cut to 64 characters where it is written.</param>
public sealed record DicomCode(string Scheme, string Value, string Meaning)
{
    /// <summary>Category of a segment that names none. Source: PS3.16 CID 7150.</summary>
    public static DicomCode AnatomicalStructure { get; } = new("SCT", "123037004", "Anatomical Structure");

    /// <summary>Type of a segment that names none. Source: PS3.16 CID 7166.</summary>
    public static DicomCode Tissue { get; } = new("SCT", "85756007", "Tissue");
}
