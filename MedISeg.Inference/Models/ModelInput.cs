namespace MedISeg.Inference.Models;

/// <summary>One input channel.</summary>
public sealed record ModelInput
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary>DICOM Modality; null or *: any.</summary>
    public string? Modality { get; init; }
    /// <summary>DICOM keyword to a regular expression.</summary>
    public IReadOnlyDictionary<string, string>? Match { get; init; }
}
