using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedISeg.Inference.Tiling;

/// <summary>Inner loops of the sliding window. Each has a scalar twin with the same result bit for bit (no fused multiply-add).</summary>
internal static class TilingKernels
{
    /// <summary>sum += scores * max(scale * factor, floor): one row of a patch with its blend weights.</summary>
    /// <param name="scores">One score a voxel.</param>
    /// <param name="factors">Factors of the weights along the row.</param>
    /// <param name="scale">Product of the factors of the other axes.</param>
    /// <param name="floor">Smallest weight.</param>
    /// <param name="sum">One sum a voxel.</param>
    public static void AddBlended(ReadOnlySpan<float> scores, ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        CheckLengths(scores.Length, sum.Length);
        CheckLengths(factors.Length, sum.Length);
        ref float from = ref MemoryMarshal.GetReference(scores), factor = ref MemoryMarshal.GetReference(factors), to = ref MemoryMarshal.GetReference(sum);
        nuint n = 0, length = (nuint)sum.Length;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> floors = Vector512.Create(floor);
            for (; n + (nuint)Vector512<float>.Count <= length; n += (nuint)Vector512<float>.Count)
                (Vector512.LoadUnsafe(ref from, n) * Vector512.Max(Vector512.LoadUnsafe(ref factor, n) * scale, floors) + Vector512.LoadUnsafe(ref to, n))
                    .StoreUnsafe(ref to, n);
        }
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> floors = Vector256.Create(floor);
            for (; n + (nuint)Vector256<float>.Count <= length; n += (nuint)Vector256<float>.Count)
                (Vector256.LoadUnsafe(ref from, n) * Vector256.Max(Vector256.LoadUnsafe(ref factor, n) * scale, floors) + Vector256.LoadUnsafe(ref to, n))
                    .StoreUnsafe(ref to, n);
        }
        AddBlendedScalar(scores[(int)n..], factors[(int)n..], scale, floor, sum[(int)n..]);
    }

    /// <summary>Scalar twin of <see cref="AddBlended"/>.</summary>
    public static void AddBlendedScalar(ReadOnlySpan<float> scores, ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        for (int n = 0; n < sum.Length; n++) sum[n] = scores[n] * Math.Max(factors[n] * scale, floor) + sum[n];
    }

    /// <summary>sum = scores * max(scale * factor, floor): as <see cref="AddBlended"/> where no patch was before.</summary>
    public static void WriteBlended(ReadOnlySpan<float> scores, ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        CheckLengths(scores.Length, sum.Length);
        CheckLengths(factors.Length, sum.Length);
        Vector<float> floors = new(floor);
        int n = 0;
        for (; n <= sum.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(scores[n..]) * Vector.Max(new Vector<float>(factors[n..]) * scale, floors)).CopyTo(sum[n..]);
        WriteBlendedScalar(scores[n..], factors[n..], scale, floor, sum[n..]);
    }

    /// <summary>Scalar twin of <see cref="WriteBlended"/>.</summary>
    public static void WriteBlendedScalar(ReadOnlySpan<float> scores, ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        for (int n = 0; n < sum.Length; n++) sum[n] = scores[n] * Math.Max(factors[n] * scale, floor);
    }

    /// <summary>sum += max(scale * factor, floor): the blend weights of one row of a patch.</summary>
    public static void AddWeights(ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        CheckLengths(factors.Length, sum.Length);
        Vector<float> floors = new(floor);
        int n = 0;
        for (; n <= sum.Length - Vector<float>.Count; n += Vector<float>.Count)
            (Vector.Max(new Vector<float>(factors[n..]) * scale, floors) + new Vector<float>(sum[n..])).CopyTo(sum[n..]);
        AddWeightsScalar(factors[n..], scale, floor, sum[n..]);
    }

    /// <summary>Scalar twin of <see cref="AddWeights"/>.</summary>
    public static void AddWeightsScalar(ReadOnlySpan<float> factors, float scale, float floor, Span<float> sum)
    {
        for (int n = 0; n < sum.Length; n++) sum[n] = Math.Max(factors[n] * scale, floor) + sum[n];
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
