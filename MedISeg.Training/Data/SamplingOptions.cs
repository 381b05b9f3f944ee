namespace MedISeg.Training.Data;

/// <summary>Where patches are taken.</summary>
public sealed record SamplingOptions
{
    /// <summary>How places are chosen. Default foreground.</summary>
    public PlacementRule Placement { get; init; }

    /// <summary>foreground: probability in [0, 1] that a patch holds a voxel of a foreground class: the class is drawn first, all alike, so
    /// that small ones are seen; then its voxel. Other patches lie anywhere. Default 1/3.</summary>
    public double Foreground { get; init; } = 1.0 / 3;

    /// <summary>over-sam: probability in [0, 1] that a patch is laid at a foreground voxel. Default 0.3, the paper's.</summary>
    public double OverSam { get; init; } = 0.3;

    /// <summary>random, over-sam: whether patches that lie anywhere are drawn as the published code does, which never takes the last
    /// position of an axis, and pads all axes as soon as one is not longer than the patch. Default false.</summary>
    public bool Compat { get; init; }

    /// <summary>Whether validation sees only the patch in the middle of each case, as the published code does, where the whole case is the
    /// default; an organ outside of it does not count. Default false.</summary>
    public bool CentreValidation { get; init; }
}
