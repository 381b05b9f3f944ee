namespace MedISeg.Inference.Models;

/// <summary>One class.</summary>
public sealed record ModelClass
{
    /// <summary>Label in a label map.</summary>
    public required int Id { get; init; }
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary>#rrggbb.</summary>
    public string? Colour { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Category { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Type { get; init; }
    /// <summary>left, right or both.</summary>
    public string? Laterality { get; init; }
}
