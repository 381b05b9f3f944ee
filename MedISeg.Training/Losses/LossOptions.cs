namespace MedISeg.Training.Losses;

/// <summary>Weighted sum of cross-entropy and soft Dice.</summary>
public sealed record LossOptions
{
    /// <summary>Weight of cross-entropy, at least 0. Default 1.</summary>
    public double CrossEntropy { get; init; } = 1;

    /// <summary>Weight of soft Dice, at least 0. Default 1.</summary>
    public double Dice { get; init; } = 1;

    /// <summary>Whether background takes part in soft Dice. Default false.</summary>
    public bool IncludeBackground { get; init; }

    /// <summary>Whether soft Dice counts over the batch (true) or a sample (false). Default true.</summary>
    public bool BatchDice { get; init; } = true;

    /// <summary>Added to numerator and denominator of soft Dice, above 0. Default 1e-5.</summary>
    public double Smooth { get; init; } = 1e-5;
}
