using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MedISeg.Imaging.Resampling;

/// <summary>Row operations of the resamplers. No fused multiply-add: results do not depend on the processor.</summary>
internal static class RowKernels
{
    /// <summary>result = lower + weight * (upper - lower).</summary>
    public static void Lerp(ReadOnlySpan<float> lower, ReadOnlySpan<float> upper, float weight, Span<float> result)
    {
        CheckLength(lower, result);
        CheckLength(upper, result);
        ref float a = ref MemoryMarshal.GetReference(lower), b = ref MemoryMarshal.GetReference(upper), r = ref MemoryMarshal.GetReference(result);
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> low = Vector.LoadUnsafe(ref a, (nuint)n);
            (low + (Vector.LoadUnsafe(ref b, (nuint)n) - low) * weight).StoreUnsafe(ref r, (nuint)n);
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
        ref float first = ref MemoryMarshal.GetReference(a), second = ref MemoryMarshal.GetReference(b);
        ref float third = ref MemoryMarshal.GetReference(c), fourth = ref MemoryMarshal.GetReference(d), r = ref MemoryMarshal.GetReference(result);
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
        {
            Vector<float> sum = Vector.LoadUnsafe(ref first, (nuint)n) * wa + Vector.LoadUnsafe(ref second, (nuint)n) * wb;
            sum += Vector.LoadUnsafe(ref third, (nuint)n) * wc;
            (sum + Vector.LoadUnsafe(ref fourth, (nuint)n) * wd).StoreUnsafe(ref r, (nuint)n);
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

    /// <summary>One row of rows that lie a stride apart: four of them, weighted.</summary>
    /// <param name="rows">Rows along the axis of the taps.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="taps">Of that axis.</param>
    /// <param name="n">Target index.</param>
    /// <param name="result">Receives as many elements as it is long.</param>
    public static void Blend(ReadOnlySpan<float> rows, int stride, CubicTaps taps, int n, Span<float> result)
    {
        ReadOnlySpan<int> index = taps.Index.AsSpan(4 * n, 4);
        Sum4(
            rows.Slice(index[0] * stride, result.Length), rows.Slice(index[1] * stride, result.Length),
            rows.Slice(index[2] * stride, result.Length), rows.Slice(index[3] * stride, result.Length), taps.Weight.AsSpan(4 * n, 4), result);
    }

    /// <summary>Linear interpolation along a row, one result a tap.</summary>
    public static void Sample(ReadOnlySpan<float> row, AxisTaps taps, Span<float> result)
    {
        if (taps.Length != result.Length || taps.Reach >= row.Length) throw new ArgumentException("The taps do not fit.");
        int n = 0, end = row.Length - Vector256<float>.Count;
        if (Vector256.IsHardwareAccelerated && taps.IsDense && end >= 0)
        {
            ref int lower = ref MemoryMarshal.GetArrayDataReference(taps.Lower), upper = ref MemoryMarshal.GetArrayDataReference(taps.Upper);
            ref float weight = ref MemoryMarshal.GetArrayDataReference(taps.Weight);
            ref float source = ref MemoryMarshal.GetReference(row), r = ref MemoryMarshal.GetReference(result);
            for (; n <= result.Length - Vector256<float>.Count; n += Vector256<float>.Count)
            {
                Vector256<float> low = Eight(ref source, end, ref Unsafe.Add(ref lower, n));
                Vector256<float> high = Eight(ref source, end, ref Unsafe.Add(ref upper, n));
                (low + (high - low) * Vector256.LoadUnsafe(ref weight, (nuint)n)).StoreUnsafe(ref r, (nuint)n);
            }
        }
        SampleScalar(row, taps.Lower.AsSpan(n), taps.Upper.AsSpan(n), taps.Weight.AsSpan(n), result[n..]);
    }

    /// <summary>Scalar twin of <see cref="Sample(ReadOnlySpan{float}, AxisTaps, Span{float})"/>.</summary>
    public static void SampleScalar(
        ReadOnlySpan<float> row, ReadOnlySpan<int> lower, ReadOnlySpan<int> upper, ReadOnlySpan<float> weight, Span<float> result)
    {
        for (int n = 0; n < result.Length; n++)
        {
            float a = row[lower[n]];
            result[n] = a + (row[upper[n]] - a) * weight[n];
        }
    }

    /// <summary>Elements at eight indices that rise or fall and are less than eight apart: eight neighbours, read at once and put in order.</summary>
    private static Vector256<float> Eight(ref float row, int end, ref int index)
    {
        int first = Math.Min(Math.Min(index, Unsafe.Add(ref index, Vector256<int>.Count - 1)), end);
        return Vector256.ShuffleNative(Vector256.LoadUnsafe(ref row, (nuint)first), Vector256.LoadUnsafe(ref index) - Vector256.Create(first));
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
