namespace MedISeg.Inference.Models;

/// <summary>One network.</summary>
public sealed record ModelMember
{
    /// <summary>File in the package's folder.</summary>
    public required string File { get; init; }
    /// <summary>SHA-256 of the file, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Fold.</summary>
    public int? Fold { get; init; }
    /// <summary>Seed.</summary>
    public int? Seed { get; init; }
}
