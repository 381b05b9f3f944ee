using System.Numerics;

namespace MedISeg.Inference.WayBack;

/// <summary>Inner loops of the way back.</summary>
internal static class WayBackKernels
{
    /// <summary>target = a + weight * (b - a), without a fused multiply-add.</summary>
    public static void Lerp(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float weight, Span<float> target)
    {
        if (a.Length != target.Length || b.Length != target.Length) throw new ArgumentException("The lengths differ.");
        int n = 0;
        for (; n <= target.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> lower = new(a[n..]);
            (lower + (new Vector<float>(b[n..]) - lower) * weight).CopyTo(target[n..]);
        }
        LerpScalar(a[n..], b[n..], weight, target[n..]);
    }

    /// <summary>Scalar twin of <see cref="Lerp"/>.</summary>
    public static void LerpScalar(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float weight, Span<float> target)
    {
        for (int n = 0; n < target.Length; n++) target[n] = a[n] + (b[n] - a[n]) * weight;
    }

    /// <summary>target[n] = row[lower[n]] + weight[n] * (row[upper[n]] - row[lower[n]]).</summary>
    public static void Interpolate(ReadOnlySpan<float> row, int[] lower, int[] upper, float[] weight, Span<float> target)
    {
        for (int n = 0; n < target.Length; n++)
        {
            float a = row[lower[n]];
            target[n] = a + (row[upper[n]] - a) * weight[n];
        }
    }
}
