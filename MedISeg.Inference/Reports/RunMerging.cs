namespace MedISeg.Inference.Reports;

/// <summary>How members that vote came to one label map.</summary>
public sealed record RunMerging
{
    /// <summary>vote or staple.</summary>
    public required string Merge { get; init; }
    /// <summary>Voxels of the image at which not all members say the same.</summary>
    public required long DisputedVoxels { get; init; }
    /// <summary>Rounds of the estimate; with regions of the region that took most; null: vote.</summary>
    public int? Rounds { get; init; }
    /// <summary>Whether the estimate had settled by then; null: vote.</summary>
    public bool? Converged { get; init; }
    /// <summary>How members differ in volume; null: it was not asked for.</summary>
    public IReadOnlyList<VolumeVariation>? Volumes { get; init; }
    /// <summary>What staple found out about the members, in their order; null: vote.</summary>
    public IReadOnlyList<MemberTrust>? Members { get; init; }
}
