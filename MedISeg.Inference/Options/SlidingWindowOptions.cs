namespace MedISeg.Inference.Options;

/// <summary>Patches and their blending.</summary>
public sealed record SlidingWindowOptions
{
    /// <summary>Fraction of a patch shared with its neighbour, in [0, 1), (k, j, i) or one value for all axes. Default 0.5.</summary>
    public IReadOnlyList<double>? Overlap { get; init; }

    /// <summary>How patch starts are placed. Default even.</summary>
    public PatchPlacement? Positions { get; init; }

    /// <summary>Weights over a patch. Default gaussian.</summary>
    public BlendKind? Blend { get; init; }

    /// <summary>How an image smaller than the patch is extended. Default constant (0 after normalisation).</summary>
    public PaddingKind? Padding { get; init; }

    /// <summary>Whether the network is spared patches that are constant at the image's smallest value; the package must allow it. Default
    /// false.</summary>
    public bool? SkipEmpty { get; init; }
}

/// <summary>How patch starts are placed.</summary>
public enum PatchPlacement
{
    /// <summary>Spread evenly (nnU-Net).</summary>
    Even,
    /// <summary>Fixed stride, last patch pulled back (MONAI, MedISeg).</summary>
    Pullback,
}

/// <summary>Weights over a patch.</summary>
public enum BlendKind
{
    /// <summary>Separable Gaussian, sigma = side / 8, clamped at 1e-3 of its maximum.</summary>
    Gaussian,
    /// <summary>All ones.</summary>
    Uniform,
}

/// <summary>How an image smaller than the patch is extended.</summary>
public enum PaddingKind
{
    /// <summary>With zeros, after normalisation.</summary>
    Constant,
    /// <summary>Mirrored without repeating the edge.</summary>
    Reflect,
    /// <summary>With the edge's value.</summary>
    Edge,
}
