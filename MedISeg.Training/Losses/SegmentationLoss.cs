using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>The loss that options describe: a weighted sum of terms.</summary>
/// <param name="options">Checked options.</param>
/// <param name="classes">Classes with background.</param>
internal sealed class SegmentationLoss(LossOptions options, int classes)
{
    private readonly (LossTerm Term, double Weight)[] _terms =
        [.. Enum.GetValues<LossTerm>().Select(term => (term, options.WeightOf(term))).Where(pair => pair.Item2 > 0)];

    /// <summary>Whether <see cref="Run"/> needs weights of voxels.</summary>
    public bool NeedsVoxelWeights => options.WeightOf(LossTerm.PixelCrossEntropy) > 0;

    /// <summary>Weights of voxels; see <see cref="PixelWeights"/>.</summary>
    /// <param name="labels">Shape [batch, spatial].</param>
    public Tensor VoxelWeights(Tensor labels) => PixelWeights.Of(labels, classes, options.PixelWindow, options.PixelFactor);

    /// <summary>Sums the terms. Call it inside a <see cref="Runtime.TorchStep"/> only.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Class numbers, shape [batch, spatial], 64-bit integers.</param>
    /// <param name="voxelWeights">Shape [batch, spatial]; null where none are needed.</param>
    public LossParts Run(Tensor logits, Tensor labels, Tensor? voxelWeights)
    {
        Tensor? total = null, dice = null, crossEntropy = null;
        foreach ((LossTerm term, double weight) in _terms)
        {
            Tensor value = Value(term, logits, labels, voxelWeights);
            if (term == LossTerm.Dice) dice = value;
            if (term == LossTerm.CrossEntropy) crossEntropy = value;
            Tensor share = weight * value;
            total = total is null ? share : total + share;
        }
        return new LossParts(total!, dice, crossEntropy);
    }

    private Tensor Value(LossTerm term, Tensor logits, Tensor labels, Tensor? voxelWeights)
    {
        (bool background, bool batch, double smooth) = options.DiceSettings();
        (double falsePositives, double falseNegatives) = options.TverskyWeights();
        return term switch
        {
            LossTerm.CrossEntropy => VoxelLosses.CrossEntropy(logits, labels),
            LossTerm.Dice => OverlapLosses.SoftDice(logits, labels, background, batch, smooth),
            LossTerm.Focal => VoxelLosses.Focal(logits, labels, options.FocalAlpha, options.FocalGamma, options.FocalSmooth),
            LossTerm.Tversky => OverlapLosses.Tversky(logits, labels, background, falsePositives, falseNegatives, options.Mode),
            LossTerm.WeightedCrossEntropy => VoxelLosses.WeightedCrossEntropy(logits, labels, options.WeightsOfClasses(classes)!),
            LossTerm.Ohem => VoxelLosses.Ohem(logits, labels, options.HardShare),
            LossTerm.Iou => OverlapLosses.Iou(logits, labels, background, options.IouSmooth),
            _ => VoxelLosses.PixelCrossEntropy(logits, labels, voxelWeights!),
        };
    }
}

/// <summary>A loss and those of its terms that metrics show; not weighted.</summary>
/// <param name="Total">Weighted sum.</param>
/// <param name="Dice">Soft Dice loss; null: not a term.</param>
/// <param name="CrossEntropy">Cross-entropy; null: not a term.</param>
internal readonly record struct LossParts(Tensor Total, Tensor? Dice, Tensor? CrossEntropy);
