using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>Losses of logits [batch, classes, spatial] against class numbers [batch, spatial] of 64-bit integers. Call them inside a
/// <see cref="Runtime.TorchStep"/> only.</summary>
internal static class SegmentationLosses
{
    /// <summary>Cross-entropy, mean over all voxels of the batch.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        Tensor loss = nn.functional.cross_entropy(logits, labels);
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>Soft Dice loss: 1 - mean of (2 TP + smooth) / (2 TP + FP + FN + smooth), with softmax probabilities for the counts.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="includeBackground">Whether class 0 takes part in the mean.</param>
    /// <param name="batchDice">Whether the counts are summed over the batch before the division; otherwise the mean is over samples too.</param>
    /// <param name="smooth">Added to numerator and denominator; above 0.</param>
    /// <remarks>The paper's CBL(Dice) is background in, samples apart, smooth 1e-8; checked against golden <c>losses3d</c>.</remarks>
    public static Tensor SoftDice(Tensor logits, Tensor labels, bool includeBackground, bool batchDice, double smooth)
    {
        long classes = logits.shape[1];
        Tensor probabilities = nn.functional.softmax(logits, 1).flatten(2);
        Tensor numbers = arange(classes, ScalarType.Int64).view(1, classes, 1);
        Tensor truth = labels.flatten(1).unsqueeze(1).eq(numbers).to_type(ScalarType.Float32);
        long[] over = batchDice ? [0, 2] : [2];
        Tensor both = (probabilities * truth).sum(over);
        Tensor each = (probabilities + truth).sum(over);
        Tensor dice = (2 * both + smooth) / (each + smooth);
        if (!includeBackground) dice = dice.narrow(-1, 1, classes - 1);
        Tensor loss = 1 - dice.mean();
        KeepAlive(logits, labels);
        return loss;
    }

    private static void KeepAlive(Tensor logits, Tensor labels)
    {
        GC.KeepAlive(logits);
        GC.KeepAlive(labels);
    }
}
