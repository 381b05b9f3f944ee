namespace MedISeg.Inference.Models;

/// <summary>Allowed views.</summary>
public sealed record ModelViews
{
    /// <summary>Names, e.g. flip-i.</summary>
    public required IReadOnlyList<string> Allowed { get; init; }
    /// <summary>View to pairs of class ids that it exchanges.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<int>>>? LabelSwap { get; init; }
}
