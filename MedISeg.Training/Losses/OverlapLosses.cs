using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>Losses of overlap, counted with softmax probabilities: logits [batch, classes, spatial] against class numbers
/// [batch, spatial] of 64-bit integers. Call them inside a <see cref="Runtime.TorchStep"/> only. Checked against golden
/// <c>losses2d</c> and <c>losses3d</c>.</summary>
internal static class OverlapLosses
{
    private const double TverskySmooth = 1e-7;

    /// <summary>Soft Dice loss: 1 - mean of (2 TP + smooth) / (2 TP + FP + FN + smooth).</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="includeBackground">Whether class 0 takes part in the mean.</param>
    /// <param name="batchDice">Whether the counts are summed over the batch before the division; otherwise the mean is over samples too.</param>
    /// <param name="smooth">Added to numerator and denominator; above 0.</param>
    /// <remarks>The paper's CBL(Dice) is background in, samples apart, smooth 1e-8.</remarks>
    public static Tensor SoftDice(Tensor logits, Tensor labels, bool includeBackground, bool batchDice, double smooth)
    {
        Tensor probabilities = nn.functional.softmax(logits, 1).flatten(2);
        Tensor truth = Truth(logits, labels);
        long[] over = batchDice ? [0, 2] : [2];
        Tensor both = (probabilities * truth).sum(over);
        Tensor each = (probabilities + truth).sum(over);
        Tensor loss = 1 - Chosen((2 * both + smooth) / (each + smooth), includeBackground).mean();
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>1 - mean of (TP + smooth) / (TP + FP + FN + smooth) over samples and classes: the paper's IoU.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="includeBackground">Whether class 0 takes part in the mean.</param>
    /// <param name="smooth">Added to numerator and denominator; above 0.</param>
    public static Tensor Iou(Tensor logits, Tensor labels, bool includeBackground, double smooth)
    {
        Tensor probabilities = nn.functional.softmax(logits, 1).flatten(2);
        Tensor truth = Truth(logits, labels);
        Tensor both = (probabilities * truth).sum(2);
        Tensor either = (probabilities + truth).sum(2) - both;
        Tensor loss = 1 - Chosen((both + smooth) / (either + smooth), includeBackground).mean();
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>1 - mean of TP / (TP + falsePositives * FP + falseNegatives * FN) over samples and classes: CBL(Tvers).</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="includeBackground">Whether class 0 takes part.</param>
    /// <param name="falsePositives">Weight, at least 0.</param>
    /// <param name="falseNegatives">Weight, at least 0.</param>
    /// <param name="mode">compat: the quotients are summed over the batch and divided by the classes only, so that value and gradient
    /// grow with the batch.</param>
    public static Tensor Tversky(
        Tensor logits, Tensor labels, bool includeBackground, double falsePositives, double falseNegatives, DefectMode mode)
    {
        Tensor probabilities = nn.functional.softmax(logits, 1).flatten(2).clamp(TverskySmooth, 1 - TverskySmooth);
        Tensor truth = Truth(logits, labels);
        Tensor both = (probabilities * truth).sum(2);
        Tensor missed = truth.sum(2) - both, invented = probabilities.sum(2) - both;
        Tensor quotient = Chosen(
            (both + TverskySmooth) / (both + TverskySmooth + falseNegatives * missed + falsePositives * invented), includeBackground);
        Tensor loss = mode == DefectMode.Compat ? 1 - quotient.sum() / quotient.shape[1] : 1 - quotient.mean();
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>1 where a voxel is of a class, else 0: [batch, classes, voxels].</summary>
    private static Tensor Truth(Tensor logits, Tensor labels)
    {
        long classes = logits.shape[1];
        Tensor numbers = arange(classes, ScalarType.Int64).view(1, classes, 1);
        return labels.flatten(1).unsqueeze(1).eq(numbers).to_type(ScalarType.Float32);
    }

    private static Tensor Chosen(Tensor quotients, bool includeBackground) =>
        includeBackground ? quotients : quotients.narrow(-1, 1, quotients.shape[^1] - 1);

    private static void KeepAlive(Tensor logits, Tensor labels)
    {
        GC.KeepAlive(logits);
        GC.KeepAlive(labels);
    }
}
