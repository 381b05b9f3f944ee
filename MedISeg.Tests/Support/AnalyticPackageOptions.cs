using MedISeg.Inference.Models;

namespace MedISeg.Tests.Support;

/// <summary>What a pointwise test package is like. A voxel's label is that of the last threshold strictly below its value.</summary>
public sealed record AnalyticPackageOptions
{
    /// <summary>Package name.</summary>
    public string Name { get; init; } = "analytic";

    /// <summary>Package version.</summary>
    public string Version { get; init; } = "1";

    /// <summary>2 or 3.</summary>
    public int Dimensionality { get; init; } = 3;

    /// <summary>Input channels; their values are added up.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>What each channel of the network (each slice of each input in 2.5-D) is multiplied by; null: all by 1.</summary>
    public IReadOnlyList<double>? ChannelWeights { get; init; }

    /// <summary>Slices on each side that a 2-D network reads too.</summary>
    public int Neighbours { get; init; }

    /// <summary>Rising values, one a foreground class: class c begins above Thresholds[c - 1].</summary>
    public IReadOnlyList<double> Thresholds { get; init; } = [100];

    /// <summary>Slope of the logits at the thresholds.</summary>
    public double Steepness { get; init; } = 0.1;

    /// <summary>Ids of the foreground classes; null: 1, 2, ...</summary>
    public IReadOnlyList<int>? ClassIds { get; init; }

    /// <summary>mm, (k, j, i) or (j, i); null: as stored.</summary>
    public IReadOnlyList<double>? Spacing { get; init; }

    /// <summary>Letters such as LPS; null: as stored.</summary>
    public string? Orientation { get; init; }

    /// <summary>Voxels, (k, j, i) or (j, i); null: 8 x 12 x 12, or 12 x 12.</summary>
    public IReadOnlyList<int>? PatchSize { get; init; }

    /// <summary>softmax, sigmoid (one channel a foreground class) or none (logits as they are).</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Softmax;

    /// <summary>probabilities or logits.</summary>
    public ScoreDomain Domain { get; init; } = ScoreDomain.Probabilities;

    /// <summary>Number of members; member m has its thresholds raised by m * MemberShift.</summary>
    public int Members { get; init; } = 1;

    /// <summary>See <see cref="Members"/>.</summary>
    public double MemberShift { get; init; }

    /// <summary>Voxels that the output lacks on each side, the same on every axis.</summary>
    public int ValidPadding { get; init; }

    /// <summary>Channels of a tensor as large as the patch between two convolutions; 0: there is only one convolution.</summary>
    public int HiddenChannels { get; init; }

    /// <summary>Whether the graph declares the patch size instead of dynamic sides.</summary>
    public bool FixedShape { get; init; }

    /// <summary>Allowed views; null: all flips and quarter turns in (j, i) where the patch is square there.</summary>
    public IReadOnlyList<string>? AllowedViews { get; init; }

    /// <summary>Last word on the manifest before it is written.</summary>
    public Func<ModelManifest, ModelManifest> Change { get; init; } = manifest => manifest;
}
