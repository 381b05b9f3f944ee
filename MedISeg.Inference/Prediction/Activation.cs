using System.Numerics.Tensors;
using MedISeg.Inference.Models;

namespace MedISeg.Inference.Prediction;

/// <summary>Turns raw network output into scores of the package's domain, in place.</summary>
internal static class Activation
{
    /// <summary>Voxels treated together, so that their classes stay in the first-level cache.</summary>
    private const int Chunk = 512;

    /// <summary>Applies temperature and activation.</summary>
    /// <param name="scores">Shape [classes, voxels].</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="kind">What the package asks for.</param>
    /// <param name="domain">Logits stay logits; they are only divided by the temperature.</param>
    /// <param name="temperature">Logits are divided by it; above 0.</param>
    public static void Apply(Span<float> scores, int classes, ActivationKind kind, ScoreDomain domain, double temperature)
    {
        if (kind == ActivationKind.None) return;
        if (temperature != 1) TensorPrimitives.Divide(scores, (float)temperature, scores);
        if (domain == ScoreDomain.Logits) return;
        if (kind == ActivationKind.Sigmoid) TensorPrimitives.Sigmoid(scores, scores);
        else Softmax(scores, classes);
    }

    /// <summary>Softmax over the classes of each voxel, shifted by the largest logit.</summary>
    public static void Softmax(Span<float> scores, int classes)
    {
        int voxels = scores.Length / classes;
        Span<float> largest = stackalloc float[Chunk], sum = stackalloc float[Chunk];
        for (int from = 0; from < voxels; from += Chunk)
        {
            int length = Math.Min(Chunk, voxels - from);
            Span<float> top = largest[..length], total = sum[..length];
            scores.Slice(from, length).CopyTo(top);
            for (int c = 1; c < classes; c++) TensorPrimitives.Max(top, scores.Slice(c * voxels + from, length), top);
            total.Clear();
            for (int c = 0; c < classes; c++)
            {
                Span<float> row = scores.Slice(c * voxels + from, length);
                TensorPrimitives.Subtract(row, top, row);
                TensorPrimitives.Exp<float>(row, row);
                TensorPrimitives.Add(total, row, total);
            }
            for (int c = 0; c < classes; c++)
            {
                Span<float> row = scores.Slice(c * voxels + from, length);
                TensorPrimitives.Divide(row, total, row);
            }
        }
    }
}
