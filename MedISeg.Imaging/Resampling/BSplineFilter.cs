using System.Numerics;
using System.Runtime.InteropServices;

namespace MedISeg.Imaging.Resampling;

/// <summary>Turns samples into cubic B-spline coefficients, mirror boundary: the spline then passes through the samples.</summary>
/// <remarks>Source: M. Unser, "Splines: a perfect fit for signal and image processing", 1999: one pole, sqrt(3) - 2.</remarks>
internal static class BSplineFilter
{
    private const double Pole = -0.26794919243112270;
    private const double Gain = 6;
    private const double EndGain = Pole / (Pole * Pole - 1);

    /// <summary>The pole's 30th power is below 1e-17.</summary>
    private const int Horizon = 30;

    /// <summary>Lanes filtered at a time: some hundred samples of them stay in the cache between the two passes.</summary>
    private const int BlockLanes = 256;

    /// <summary>Filters one line in place.</summary>
    public static void Line(Span<float> line)
    {
        int n = line.Length;
        if (n < 2) return;
        double value = 0, power = 1;
        for (int i = 0; i <= Horizon; i++, power *= Pole) value += power * line[CubicTaps.Mirror(i, n)];
        value *= Gain;
        double before = value;
        line[0] = (float)value;
        for (int i = 1; i < n; i++)
        {
            before = value;
            value = Gain * line[i] + Pole * value;
            line[i] = (float)value;
        }
        value = EndGain * (value + Pole * before);
        line[n - 1] = (float)value;
        for (int i = n - 2; i >= 0; i--)
        {
            value = Pole * (value - line[i]);
            line[i] = (float)value;
        }
    }

    /// <summary>Filters many lines in place, side by side: sample n of all lines is <c>data[n * stride .. n * stride + lanes]</c>.</summary>
    /// <param name="data">Samples, row after row.</param>
    /// <param name="count">Samples a line.</param>
    /// <param name="stride">Elements from one sample of a line to the next, at least <paramref name="lanes"/>.</param>
    /// <param name="lanes">Number of lines.</param>
    public static void Lanes(Span<float> data, int count, int stride, int lanes)
    {
        if (count < 2) return;
        Span<float> start = stackalloc float[BlockLanes];
        for (int lane = 0; lane < lanes; lane += BlockLanes) Block(data[lane..], count, stride, start[..Math.Min(BlockLanes, lanes - lane)]);
    }

    private static void Block(Span<float> data, int count, int stride, Span<float> start)
    {
        start.Clear();
        int lanes = start.Length;
        double power = Gain;
        for (int i = 0; i <= Horizon; i++, power *= Pole)
            Combine(data.Slice(CubicTaps.Mirror(i, count) * stride, lanes), (float)power, start, 1, start);
        start.CopyTo(data);
        for (int i = 1; i < count; i++)
        {
            Span<float> row = data.Slice(i * stride, lanes);
            Combine(row, (float)Gain, data.Slice((i - 1) * stride, lanes), (float)Pole, row);
        }
        Span<float> last = data.Slice((count - 1) * stride, lanes);
        Combine(last, (float)EndGain, data.Slice((count - 2) * stride, lanes), (float)(EndGain * Pole), last);
        for (int i = count - 2; i >= 0; i--)
        {
            Span<float> row = data.Slice(i * stride, lanes);
            Combine(data.Slice((i + 1) * stride, lanes), (float)Pole, row, (float)-Pole, row);
        }
    }

    /// <summary>result = a * factorA + b * factorB; the result may be one of the two.</summary>
    private static void Combine(ReadOnlySpan<float> a, float factorA, ReadOnlySpan<float> b, float factorB, Span<float> result)
    {
        ref float first = ref MemoryMarshal.GetReference(a), second = ref MemoryMarshal.GetReference(b), r = ref MemoryMarshal.GetReference(result);
        int n = 0, length = Math.Min(result.Length, Math.Min(a.Length, b.Length));
        for (; n <= length - Vector<float>.Count; n += Vector<float>.Count)
            (Vector.LoadUnsafe(ref first, (nuint)n) * factorA + Vector.LoadUnsafe(ref second, (nuint)n) * factorB).StoreUnsafe(ref r, (nuint)n);
        for (; n < length; n++) result[n] = a[n] * factorA + b[n] * factorB;
    }
}
