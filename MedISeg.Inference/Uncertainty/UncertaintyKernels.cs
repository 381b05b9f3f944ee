using System.Numerics.Tensors;

namespace MedISeg.Inference.Uncertainty;

/// <summary>Inner loops of uncertainty maps.</summary>
internal static class UncertaintyKernels
{
    /// <summary>Voxels treated together, so that they stay in the first-level cache.</summary>
    private const int Chunk = 512;

    /// <summary>Probabilities below it count as it: p ln p is nought there, and not NaN.</summary>
    private const float Least = 1e-30f;

    /// <summary>Entropy of each voxel, scaled to [0, 1]: of the classes over ln(classes), or the mean of the regions' entropies over ln 2.</summary>
    /// <param name="probabilities">Shape [channels, voxels].</param>
    /// <param name="meaning">Classes or regions, and how many.</param>
    /// <param name="entropy">Receives one value a voxel.</param>
    public static void Entropy(ReadOnlySpan<float> probabilities, ScoreMeaning meaning, Span<float> entropy)
    {
        int voxels = entropy.Length, channels = meaning.Channels;
        if (probabilities.Length != (long)channels * voxels) throw new ArgumentException("The lengths differ.");
        float scale = meaning.Regions ? 1 / (channels * MathF.Log(2)) : channels < 2 ? 0 : 1 / MathF.Log(channels);
        Span<float> share = stackalloc float[Chunk], log = stackalloc float[Chunk];
        for (int from = 0; from < voxels; from += Chunk)
        {
            int length = Math.Min(Chunk, voxels - from);
            Span<float> sum = entropy.Slice(from, length), p = share[..length], ln = log[..length];
            sum.Clear();
            for (int c = 0; c < channels; c++)
            {
                probabilities.Slice(c * voxels + from, length).CopyTo(p);
                SubtractTerm(p, ln, sum);
                if (!meaning.Regions) continue;
                TensorPrimitives.Subtract(1f, probabilities.Slice(c * voxels + from, length), p);
                SubtractTerm(p, ln, sum);
            }
            TensorPrimitives.Multiply(sum, scale, sum);
            TensorPrimitives.Max(sum, 0f, sum);
        }
    }

    /// <summary>Probability that a voxel has one of several labels: the sum over classes, which exclude each other, or the largest of regions, which do not.</summary>
    /// <param name="probabilities">Shape [channels, voxels].</param>
    /// <param name="meaning">Classes or regions, and how many.</param>
    /// <param name="asked">Channels of the labels.</param>
    /// <param name="joined">Receives one value a voxel, in [0, 1].</param>
    public static void Join(ReadOnlySpan<float> probabilities, ScoreMeaning meaning, IReadOnlyList<int> asked, Span<float> joined)
    {
        int voxels = joined.Length;
        if (probabilities.Length != (long)meaning.Channels * voxels) throw new ArgumentException("The lengths differ.");
        joined.Clear();
        foreach (int channel in asked)
        {
            ReadOnlySpan<float> one = probabilities.Slice(channel * voxels, voxels);
            if (meaning.Regions) TensorPrimitives.Max(joined, one, joined);
            else TensorPrimitives.Add(joined, one, joined);
        }
        TensorPrimitives.Min(joined, 1f, joined);
    }

    /// <summary>sum += values * values * weight.</summary>
    public static void AddSquares(ReadOnlySpan<float> values, float weight, Span<float> sum)
    {
        Span<float> square = stackalloc float[Chunk];
        for (int from = 0; from < sum.Length; from += Chunk)
        {
            int length = Math.Min(Chunk, sum.Length - from);
            TensorPrimitives.Multiply(values.Slice(from, length), values.Slice(from, length), square[..length]);
            TensorPrimitives.MultiplyAdd(square[..length], weight, sum.Slice(from, length), sum.Slice(from, length));
        }
    }

    private static void SubtractTerm(Span<float> p, Span<float> ln, Span<float> sum)
    {
        TensorPrimitives.Max(p, Least, p);
        TensorPrimitives.Min(p, 1f, p);
        TensorPrimitives.Log<float>(p, ln);
        TensorPrimitives.Multiply(p, ln, ln);
        TensorPrimitives.Subtract(sum, ln, sum);
    }
}
