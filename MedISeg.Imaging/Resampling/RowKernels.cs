using System.Numerics;

namespace MedISeg.Imaging.Resampling;

/// <summary>Row operations of the resamplers. No fused multiply-add: results do not depend on the processor.</summary>
internal static class RowKernels
{
    /// <summary>result = lower + weight * (upper - lower).</summary>
    public static void Lerp(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> result)
    {
        CheckLength(lower, result);
        CheckLength(upper, result);
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> a = new(lower[n..]);
            (a + (new Vector<float>(upper[n..]) - a) * weight).CopyTo(result[n..]);
        }
        LerpScalar(lower[n..], upper[n..], weight, result[n..]);
    }

    /// <summary>Scalar twin of <see cref="Lerp"/>.</summary>
    public static void LerpScalar(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> result)
    {
        for (int n = 0; n < result.Length; n++) result[n] = lower[n] + (upper[n] - lower[n]) * weight;
    }

    /// <summary>result = the sum of four rows, each times its weight.</summary>
    public static void Sum4(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d,
        ReadOnlySpan<float> weights, Span<float> result)
    {
        CheckLength(a, result);
        CheckLength(b, result);
        CheckLength(c, result);
        CheckLength(d, result);
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> sum = new Vector<float>(a[n..]) * weights[0] + new Vector<float>(b[n..]) * weights[1];
            sum += new Vector<float>(c[n..]) * weights[2];
            (sum + new Vector<float>(d[n..]) * weights[3]).CopyTo(result[n..]);
        }
        Sum4Scalar(a[n..], b[n..], c[n..], d[n..], weights, result[n..]);
    }

    /// <summary>Scalar twin of <see cref="Sum4"/>.</summary>
    public static void Sum4Scalar(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d,
        ReadOnlySpan<float> weights, Span<float> result)
    {
        for (int n = 0; n < result.Length; n++)
            result[n] = a[n] * weights[0] + b[n] * weights[1] + c[n] * weights[2] + d[n] * weights[3];
    }

    /// <summary>Linear interpolation along a row.</summary>
    public static void Sample(ReadOnlySpan<float> row, AxisTaps taps, Span<float> result)
    {
        int[] lower = taps.Lower, upper = taps.Upper;
        float[] weight = taps.Weight;
        for (int n = 0; n < result.Length; n++)
        {
            float a = row[lower[n]];
            result[n] = a + (row[upper[n]] - a) * weight[n];
        }
    }

    /// <summary>Cubic interpolation along a row of coefficients.</summary>
    public static void Sample(ReadOnlySpan<float> row, CubicTaps taps, Span<float> result)
    {
        int[] index = taps.Index;
        float[] weight = taps.Weight;
        for (int n = 0, tap = 0; n < result.Length; n++, tap += 4)
            result[n] = row[index[tap]] * weight[tap] + row[index[tap + 1]] * weight[tap + 1]
                + row[index[tap + 2]] * weight[tap + 2] + row[index[tap + 3]] * weight[tap + 3];
    }

    private static void CheckLength(ReadOnlySpan<float> row, ReadOnlySpan<float> result)
    {
        if (row.Length < result.Length) throw new ArgumentException("A row is shorter than the result.");
    }
}
