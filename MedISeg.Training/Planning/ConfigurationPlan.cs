using MedISeg.Training.Networks;

namespace MedISeg.Training.Planning;

/// <summary>One network with its grid, patch and batch.</summary>
internal sealed record ConfigurationPlan
{
    /// <summary>2d, 3d-fullres or 3d-lowres.</summary>
    public required string Name { get; init; }

    /// <summary>mm, (k, j, i) in the plan's axes, or (j, i).</summary>
    public required IReadOnlyList<double> Spacing { get; init; }

    /// <summary>Median of the cases at this spacing, voxels; halves occur.</summary>
    public required IReadOnlyList<double> MedianShape { get; init; }

    /// <summary>Voxels an axis.</summary>
    public required IReadOnlyList<int> PatchSize { get; init; }

    /// <summary>Patches a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Levels, with channels.</summary>
    public required UNetOptions Network { get; init; }

    /// <summary>Cost of one patch.</summary>
    public required NetworkCost Cost { get; init; }

    /// <summary>Whether Dice is taken over the batch.</summary>
    public bool BatchDice { get; init; }

    /// <summary>Why it is so, one sentence each.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }
}
