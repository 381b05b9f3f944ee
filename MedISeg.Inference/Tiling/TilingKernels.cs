using System.Numerics;

namespace MedISeg.Inference.Tiling;

/// <summary>Inner loops of the sliding window. Each has a scalar twin with the same result bit for bit (no fused multiply-add).</summary>
internal static class TilingKernels
{
    /// <summary>Weights of one row of a patch: max(scale * factor, floor).</summary>
    /// <param name="factors">Factors along the row.</param>
    /// <param name="scale">Product of the factors of the other axes.</param>
    /// <param name="floor">Smallest weight.</param>
    /// <param name="weights">Receives one weight a voxel.</param>
    public static void WeightRow(ReadOnlySpan<float> factors, float scale, float floor, Span<float> weights)
    {
        CheckLengths(factors.Length, weights.Length);
        Vector<float> floors = new(floor);
        int n = 0;
        for (; n <= weights.Length - Vector<float>.Count; n += Vector<float>.Count)
            Vector.Max(new Vector<float>(factors[n..]) * scale, floors).CopyTo(weights[n..]);
        WeightRowScalar(factors[n..], scale, floor, weights[n..]);
    }

    /// <summary>Scalar twin of <see cref="WeightRow"/>.</summary>
    public static void WeightRowScalar(ReadOnlySpan<float> factors, float scale, float floor, Span<float> weights)
    {
        for (int n = 0; n < weights.Length; n++) weights[n] = Math.Max(factors[n] * scale, floor);
    }

    /// <summary>sum += scores * weights.</summary>
    public static void AddWeighted(ReadOnlySpan<float> scores, ReadOnlySpan<float> weights, Span<float> sum)
    {
        CheckLengths(scores.Length, sum.Length);
        CheckLengths(weights.Length, sum.Length);
        int n = 0;
        for (; n <= sum.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(scores[n..]) * new Vector<float>(weights[n..]) + new Vector<float>(sum[n..])).CopyTo(sum[n..]);
        AddWeightedScalar(scores[n..], weights[n..], sum[n..]);
    }

    /// <summary>Scalar twin of <see cref="AddWeighted"/>.</summary>
    public static void AddWeightedScalar(ReadOnlySpan<float> scores, ReadOnlySpan<float> weights, Span<float> sum)
    {
        for (int n = 0; n < sum.Length; n++) sum[n] = scores[n] * weights[n] + sum[n];
    }

    /// <summary>sum += values * scale.</summary>
    public static void AddScaled(ReadOnlySpan<float> values, float scale, Span<float> sum)
    {
        CheckLengths(values.Length, sum.Length);
        int n = 0;
        for (; n <= sum.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(values[n..]) * scale + new Vector<float>(sum[n..])).CopyTo(sum[n..]);
        AddScaledScalar(values[n..], scale, sum[n..]);
    }

    /// <summary>Scalar twin of <see cref="AddScaled"/>.</summary>
    public static void AddScaledScalar(ReadOnlySpan<float> values, float scale, Span<float> sum)
    {
        for (int n = 0; n < sum.Length; n++) sum[n] = values[n] * scale + sum[n];
    }

    /// <summary>mean = sum / weights.</summary>
    public static void Divide(ReadOnlySpan<float> sum, ReadOnlySpan<float> weights, Span<float> mean)
    {
        CheckLengths(sum.Length, mean.Length);
        CheckLengths(weights.Length, mean.Length);
        int n = 0;
        for (; n <= mean.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(sum[n..]) / new Vector<float>(weights[n..])).CopyTo(mean[n..]);
        DivideScalar(sum[n..], weights[n..], mean[n..]);
    }

    /// <summary>Scalar twin of <see cref="Divide"/>.</summary>
    public static void DivideScalar(ReadOnlySpan<float> sum, ReadOnlySpan<float> weights, Span<float> mean)
    {
        for (int n = 0; n < mean.Length; n++) mean[n] = sum[n] / weights[n];
    }

    private static void CheckLengths(int a, int b)
    {
        if (a != b) throw new ArgumentException("The lengths differ.");
    }
}
