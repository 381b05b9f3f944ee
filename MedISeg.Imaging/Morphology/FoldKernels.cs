using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedISeg.Imaging.Morphology;

/// <summary>Row operations of <see cref="WindowFold"/>. No fused multiply-add: results do not depend on the processor.</summary>
internal static class FoldKernels
{
    /// <summary>result = min(result, row + weight).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MinPlus(ReadOnlySpan<float> row, float weight, Span<float> result)
    {
        if (row.Length < result.Length) throw new ArgumentException("The row is shorter than the result.", nameof(row));
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
            Vector.Min(new Vector<float>(result[n..]), new Vector<float>(row[n..]) + new Vector<float>(weight)).CopyTo(result[n..]);
        MinPlusScalar(row[n..], weight, result[n..]);
    }

    /// <summary>Scalar twin of <see cref="MinPlus"/>.</summary>
    public static void MinPlusScalar(ReadOnlySpan<float> row, float weight, Span<float> result)
    {
        for (int n = 0; n < result.Length; n++) result[n] = Math.Min(result[n], row[n] + weight);
    }

    /// <summary>result += weight * row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<float> row, float weight, Span<float> result)
    {
        if (row.Length < result.Length) throw new ArgumentException("The row is shorter than the result.", nameof(row));
        int n = 0;
        for (; n <= result.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(result[n..]) + new Vector<float>(row[n..]) * weight).CopyTo(result[n..]);
        AddScaledScalar(row[n..], weight, result[n..]);
    }

    /// <summary>Scalar twin of <see cref="AddScaled"/>.</summary>
    public static void AddScaledScalar(ReadOnlySpan<float> row, float weight, Span<float> result)
    {
        for (int n = 0; n < result.Length; n++) result[n] += row[n] * weight;
    }
}
