namespace MedISeg.Inference.Options;

/// <summary>Members and how they are merged.</summary>
public sealed record EnsembleOptions
{
    /// <summary>Places of members in the package, from "0"; null: all.</summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>How members are merged. Default mean.</summary>
    public MergeKind? Merge { get; init; }

    /// <summary>One positive weight a member, for mean and vote; scaled to sum 1; null: equal.</summary>
    public IReadOnlyList<double>? Weights { get; init; }
}

/// <summary>How members are merged.</summary>
public enum MergeKind
{
    /// <summary>Mean of the scores inside the patch.</summary>
    Mean,
    /// <summary>Majority of the members' label maps; ties to the lower class.</summary>
    Vote,
    /// <summary>Expectation maximisation over the members' label maps.</summary>
    Staple,
}
