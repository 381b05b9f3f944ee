namespace MedISeg.Inference.Models;

/// <summary>How a 2-D package treats a volume, slice by slice.</summary>
public sealed record ModelSlices
{
    /// <summary>Slices on each side that the network reads beside the one it segments (2.5-D); 0: none. Default 0.</summary>
    /// <remarks>The network has 2 * Neighbours + 1 channels an input: all slices of the first input in rising order, then the next one's.</remarks>
    public int Neighbours { get; init; }

    /// <summary>What stands for slices beyond the outermost. Default the edge slice repeated.</summary>
    public Options.PaddingKind Edges { get; init; } = Options.PaddingKind.Edge;

    /// <summary>What intensity steps take their statistics from. Default each slice.</summary>
    public SliceStatistics Statistics { get; init; }
}

/// <summary>What intensity steps take their statistics from where a 2-D package treats a volume.</summary>
public enum SliceStatistics
{
    /// <summary>Each slice alone, as if it had been sent alone.</summary>
    Slice,
    /// <summary>The whole volume.</summary>
    Volume,
}
