namespace MedISeg.Inference.Models;

/// <summary>A region of a sigmoid package.</summary>
public sealed record ModelRegion
{
    /// <summary>Labels that it holds.</summary>
    public required IReadOnlyList<int> Labels { get; init; }
    /// <summary>Label that is painted where it is present.</summary>
    public required int Paint { get; init; }
    /// <summary>Name; null: the names of its classes, joined by " + ".</summary>
    public string? Name { get; init; }
    /// <summary>#rrggbb.</summary>
    public string? Colour { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Category { get; init; }
    /// <summary>Scheme, value, meaning.</summary>
    public IReadOnlyList<string>? Type { get; init; }
    /// <summary>left, right or both.</summary>
    public string? Laterality { get; init; }
}
