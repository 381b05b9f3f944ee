using static TorchSharp.torch;

namespace MedISeg.Training.Losses;

/// <summary>Losses that are a mean over voxels: logits [batch, classes, spatial] against class numbers [batch, spatial] of 64-bit
/// integers. Call them inside a <see cref="Runtime.TorchStep"/> only. Checked against golden <c>losses2d</c> and <c>losses3d</c>.</summary>
internal static class VoxelLosses
{
    /// <summary>Cross-entropy, mean over all voxels of the batch.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        Tensor loss = nn.functional.cross_entropy(logits, labels);
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>Cross-entropy times the weight of the voxel's class, divided by the sum of these weights: the paper's CBL(WCE).</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="classWeights">One weight above 0 a class.</param>
    public static Tensor WeightedCrossEntropy(Tensor logits, Tensor labels, IReadOnlyList<double> classWeights)
    {
        Tensor weights = tensor([.. classWeights.Select(w => (float)w)]);
        Tensor loss = nn.functional.cross_entropy(logits, labels, weights);
        KeepAlive(logits, labels, weights);
        return loss;
    }

    /// <summary>Cross-entropy times a weight a voxel, mean over all voxels (not divided by the weights): the paper's pixel-WCE.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="voxelWeights">Shape [batch, spatial].</param>
    public static Tensor PixelCrossEntropy(Tensor logits, Tensor labels, Tensor voxelWeights)
    {
        Tensor each = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None);
        Tensor loss = (each * voxelWeights).mean();
        KeepAlive(logits, labels, voxelWeights);
        return loss;
    }

    /// <summary>Mean cross-entropy of the voxels where it is largest, over the whole batch: the paper's OHEM.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="share">Share of the voxels that counts, in (0, 1]; their number is rounded down, but is at least one.</param>
    public static Tensor Ohem(Tensor logits, Tensor labels, double share)
    {
        Tensor each = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None).flatten();
        int count = Math.Max(1, (int)(share * each.NumberOfElements));
        (Tensor hardest, _) = each.topk(count, sorted: false);
        Tensor loss = hardest.mean();
        KeepAlive(logits, labels);
        return loss;
    }

    /// <summary>The paper's CBL(Focal): mean of -a (1 - p)^gamma log p, where p is the probability of the true class.</summary>
    /// <param name="logits">Shape [batch, classes, spatial].</param>
    /// <param name="labels">Shape [batch, spatial].</param>
    /// <param name="alpha">a of background, in [0, 1]; of every other class it is 1 - alpha.</param>
    /// <param name="gamma">At least 0.</param>
    /// <param name="smooth">Truth is smooth / (classes - 1) instead of 0 and 1 - smooth instead of 1, and smooth is added to p; above 0.</param>
    public static Tensor Focal(Tensor logits, Tensor labels, double alpha, double gamma, double smooth)
    {
        double low = smooth / (logits.shape[1] - 1);
        Tensor probability = nn.functional.softmax(logits, 1).gather(1, labels.unsqueeze(1));
        // The smoothed truth times all probabilities, whose sum is 1.
        Tensor p = probability * (1 - smooth - low) + (low + smooth);
        // Rounding may bring p above 1, of which a broken power is not a number.
        Tensor distance = (1 - p).clamp_min(1e-7);
        Tensor factor = (1 - alpha) + labels.unsqueeze(1).eq(0).to_type(ScalarType.Float32) * (2 * alpha - 1);
        Tensor loss = -(factor * distance.pow(gamma) * p.log()).mean();
        KeepAlive(logits, labels);
        return loss;
    }

    private static void KeepAlive(Tensor logits, Tensor labels, Tensor? weights = null)
    {
        GC.KeepAlive(logits);
        GC.KeepAlive(labels);
        GC.KeepAlive(weights);
    }
}
