using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Losses;

/// <summary>The loss: a weighted sum of terms. <see cref="Name"/> sets weights and parameters; every other key that is given overrides
/// what the name has set, and null leaves it.</summary>
public sealed record LossOptions
{
    private static readonly double[] PaperWeightsOfTwo = [0.2, 0.8], PaperWeightsOfThree = [0.1, 0.5, 1];

    /// <summary>The loss by the paper's name. Default Dice+CE.</summary>
    public LossName Name { get; init; } = LossName.DiceAndCrossEntropy;

    /// <summary>Whether the known defects of the paper's losses are mended (default) or kept: the Tversky loss sums over the batch and
    /// has its two weights exchanged; weighted cross-entropy assumes two classes.</summary>
    public DefectMode Mode { get; init; } = DefectMode.Fixed;

    /// <summary>Weight of cross-entropy, at least 0; null: as the name says.</summary>
    public double? CrossEntropy { get; init; }

    /// <summary>Weight of soft Dice, at least 0; null: as the name says.</summary>
    public double? Dice { get; init; }

    /// <summary>Weight of the focal loss, at least 0; null: as the name says.</summary>
    public double? Focal { get; init; }

    /// <summary>Weight of the Tversky loss, at least 0; null: as the name says.</summary>
    public double? Tversky { get; init; }

    /// <summary>Weight of class-weighted cross-entropy, at least 0; null: as the name says.</summary>
    public double? WeightedCrossEntropy { get; init; }

    /// <summary>Weight of the hardest voxels' cross-entropy, at least 0; null: as the name says.</summary>
    public double? Ohem { get; init; }

    /// <summary>Weight of soft intersection over union, at least 0; null: as the name says.</summary>
    public double? Iou { get; init; }

    /// <summary>Weight of voxel-weighted cross-entropy, at least 0; null: as the name says.</summary>
    public double? PixelCrossEntropy { get; init; }

    /// <summary>Whether background takes part in Dice, Tversky and IoU; null: false in Dice+CE and Dice+Focal, true in the paper's losses.</summary>
    public bool? IncludeBackground { get; init; }

    /// <summary>Whether soft Dice counts over the batch (true) or a sample (false); null: true in Dice+CE and Dice+Focal, else false.</summary>
    public bool? BatchDice { get; init; }

    /// <summary>Added to numerator and denominator of soft Dice, above 0; null: 1e-5 in Dice+CE and Dice+Focal, else 1e-8.</summary>
    public double? Smooth { get; init; }

    /// <summary>Focal: weight of background, in [0, 1]; every other class has 1 minus it. Default 0.25.</summary>
    public double FocalAlpha { get; init; } = 0.25;

    /// <summary>Focal: exponent of the probability's distance from 1, in [0, 10]. Default 2.</summary>
    public double FocalGamma { get; init; } = 2;

    /// <summary>Focal: how far truth is kept from 0 and 1, in [1e-7, 0.1]. Default 1e-5.</summary>
    public double FocalSmooth { get; init; } = 1e-5;

    /// <summary>Tversky: weight of false positives, in [0, 10]; null: 0.3 where fixed, 0.7 in compat.</summary>
    public double? FalsePositives { get; init; }

    /// <summary>Tversky: weight of false negatives, in [0, 10]; null: 0.7 where fixed, 0.3 in compat.</summary>
    public double? FalseNegatives { get; init; }

    /// <summary>Class-weighted cross-entropy: one weight above 0 a class; null: (0.2, 0.8) for two classes, (0.1, 0.5, 1) for three;
    /// others must be given.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>OHEM: share of the batch's voxels that counts, in (0, 1]. Default 0.7.</summary>
    public double HardShare { get; init; } = 0.7;

    /// <summary>IoU: added to numerator and denominator, above 0. Default 1.</summary>
    public double IouSmooth { get; init; } = 1;

    /// <summary>pixel-WCE: odd side in voxels, in 3..255, of the window in which other classes are looked for. Default 31.</summary>
    public int PixelWindow { get; init; } = 31;

    /// <summary>pixel-WCE: added weight of a voxel whose window holds only other classes, in [0, 100]. Default 5.</summary>
    public double PixelFactor { get; init; } = 5;

    /// <summary>Whether Dice has nnU-Net's settings; otherwise it has the paper's.</summary>
    private bool ForegroundDice => Name is LossName.DiceAndCrossEntropy or LossName.DiceAndFocal;

    /// <summary>Weight of a term: what is given, else what the name sets.</summary>
    internal double WeightOf(LossTerm term) => Given(term) ?? (Named(term) ? 1 : 0);

    /// <summary>Settings of Dice, and whether background takes part in the other overlaps.</summary>
    internal (bool IncludeBackground, bool Batch, double Smooth) DiceSettings() =>
        (IncludeBackground ?? !ForegroundDice, BatchDice ?? ForegroundDice, Smooth ?? (ForegroundDice ? 1e-5 : 1e-8));

    /// <summary>Weights of false positives and false negatives. In the paper's code they are exchanged against the usual order.</summary>
    internal (double FalsePositives, double FalseNegatives) TverskyWeights() => Mode == DefectMode.Compat
        ? (FalsePositives ?? 0.7, FalseNegatives ?? 0.3)
        : (FalsePositives ?? 0.3, FalseNegatives ?? 0.7);

    /// <summary>One weight a class, or null where the paper has none for that many classes.</summary>
    internal IReadOnlyList<double>? WeightsOfClasses(int classes) =>
        ClassWeights ?? (classes == 3 && Mode == DefectMode.Fixed ? PaperWeightsOfThree : classes == 2 || Mode == DefectMode.Compat ? PaperWeightsOfTwo : null);

    /// <summary>Faults that single ranges do not show; empty: none.</summary>
    /// <param name="classes">Classes with background.</param>
    internal IEnumerable<KeyError> Check(int classes)
    {
        if (Enum.GetValues<LossTerm>().All(term => WeightOf(term) <= 0))
            yield return new KeyError("loss", "The weight of at least one term, such as dice or crossEntropy, must be above 0.");
        if (WeightOf(LossTerm.WeightedCrossEntropy) > 0 || ClassWeights is not null)
        {
            IReadOnlyList<double>? weights = WeightsOfClasses(classes);
            if (weights is null || weights.Count != classes || weights.Any(w => w <= 0))
                yield return new KeyError("loss.classWeights", $"{classes} numbers above 0 are needed, one a class, background first.");
        }
        if (WeightOf(LossTerm.Tversky) > 0 && TverskyWeights() is (0, 0))
            yield return new KeyError("loss.falseNegatives", "One of falsePositives and falseNegatives must be above 0.");
        if (PixelWindow % 2 == 0)
            yield return new KeyError("loss.pixelWindow", "An odd number is needed, so that the window has a middle.");
    }

    private double? Given(LossTerm term) => term switch
    {
        LossTerm.CrossEntropy => CrossEntropy,
        LossTerm.Dice => Dice,
        LossTerm.Focal => Focal,
        LossTerm.Tversky => Tversky,
        LossTerm.WeightedCrossEntropy => WeightedCrossEntropy,
        LossTerm.Ohem => Ohem,
        LossTerm.Iou => Iou,
        _ => PixelCrossEntropy,
    };

    private bool Named(LossTerm term) => Name switch
    {
        LossName.DiceAndCrossEntropy => term is LossTerm.Dice or LossTerm.CrossEntropy,
        LossName.DiceAndFocal => term is LossTerm.Dice or LossTerm.Focal,
        LossName.CrossEntropy => term == LossTerm.CrossEntropy,
        LossName.Dice => term == LossTerm.Dice,
        LossName.Focal => term == LossTerm.Focal,
        LossName.Tversky => term == LossTerm.Tversky,
        LossName.WeightedCrossEntropy => term == LossTerm.WeightedCrossEntropy,
        LossName.Ohem => term == LossTerm.Ohem,
        LossName.Iou => term == LossTerm.Iou,
        _ => term == LossTerm.PixelCrossEntropy,
    };
}
