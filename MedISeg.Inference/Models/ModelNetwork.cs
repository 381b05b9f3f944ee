namespace MedISeg.Inference.Models;

/// <summary>The network's shape and output.</summary>
public sealed record ModelNetwork
{
    /// <summary>Voxels, (k, j, i) or (j, i).</summary>
    public required IReadOnlyList<int> PatchSize { get; init; }
    /// <summary>Voxels that the output lacks on each side.</summary>
    public IReadOnlyList<int>? ValidPadding { get; init; }
    /// <summary>What turns the output into probabilities.</summary>
    public required ActivationKind Activation { get; init; }
    /// <summary>What is averaged and interpolated.</summary>
    public ScoreDomain Domain { get; init; }
    /// <summary>Sigmoid packages: a region is present strictly above.</summary>
    public double Threshold { get; init; } = 0.5;
    /// <summary>Whether a patch of nothing but the image's smallest value holds background only, so that it may be skipped. Default false.</summary>
    public bool SkipEmpty { get; init; }
    /// <summary>channels-first.</summary>
    public string Layout { get; init; } = "channels-first";
    /// <summary>Name of the graph input; null: the only one.</summary>
    public string? Input { get; init; }
    /// <summary>Name of the graph output; null: the only one.</summary>
    public string? Output { get; init; }
}
