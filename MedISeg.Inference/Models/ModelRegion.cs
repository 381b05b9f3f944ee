namespace MedISeg.Inference.Models;

/// <summary>A region of a sigmoid package.</summary>
public sealed record ModelRegion
{
    /// <summary>Labels that it holds.</summary>
    public required IReadOnlyList<int> Labels { get; init; }
    /// <summary>Label that is painted where it is present.</summary>
    public required int Paint { get; init; }
}
