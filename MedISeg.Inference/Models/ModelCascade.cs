namespace MedISeg.Inference.Models;

/// <summary>A package that runs first and proposes the box that this one works in.</summary>
public sealed record ModelCascade
{
    /// <summary>Name of the first stage's package, which has no first stage itself and as many inputs.</summary>
    public required string Model { get; init; }
    /// <summary>Its version.</summary>
    public required string Version { get; init; }
    /// <summary>Its labels that the box shall hold.</summary>
    public required IReadOnlyList<int> Labels { get; init; }
    /// <summary>Distance of the box's faces from these labels, mm, at least 0.</summary>
    public required double MarginMm { get; init; }
    /// <summary>How often the box is widened where the result touches its face, 0 to 10. Default 3.</summary>
    public int Widenings { get; init; } = 3;
}
