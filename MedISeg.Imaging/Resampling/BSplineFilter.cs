using System.Numerics;

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
    /// <param name="scratch">At least <paramref name="lanes"/> elements; overwritten.</param>
    public static void Lanes(Span<float> data, int count, int stride, int lanes, Span<float> scratch)
    {
        if (count < 2) return;
        scratch = scratch[..lanes];
        scratch.Clear();
        double power = Gain;
        for (int i = 0; i <= Horizon; i++, power *= Pole)
            AddScaled(data.Slice(CubicTaps.Mirror(i, count) * stride, lanes), (float)power, scratch);
        scratch.CopyTo(data);
        for (int i = 1; i < count; i++) Causal(data.Slice((i - 1) * stride, lanes), data.Slice(i * stride, lanes));
        End(data.Slice((count - 2) * stride, lanes), data.Slice((count - 1) * stride, lanes));
        for (int i = count - 2; i >= 0; i--) AntiCausal(data.Slice((i + 1) * stride, lanes), data.Slice(i * stride, lanes));
    }

    private static void AddScaled(ReadOnlySpan<float> values, float scale, Span<float> sum)
    {
        int n = 0;
        for (; n <= sum.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(sum[n..]) + new Vector<float>(values[n..]) * scale).CopyTo(sum[n..]);
        for (; n < sum.Length; n++) sum[n] += values[n] * scale;
    }

    private static void Causal(ReadOnlySpan<float> before, Span<float> row)
    {
        int n = 0;
        for (; n <= row.Length - Vector<float>.Count; n += Vector<float>.Count)
            (new Vector<float>(row[n..]) * (float)Gain + new Vector<float>(before[n..]) * (float)Pole).CopyTo(row[n..]);
        for (; n < row.Length; n++) row[n] = row[n] * (float)Gain + before[n] * (float)Pole;
    }

    private static void End(ReadOnlySpan<float> before, Span<float> row)
    {
        int n = 0;
        for (; n <= row.Length - Vector<float>.Count; n += Vector<float>.Count)
            ((new Vector<float>(row[n..]) + new Vector<float>(before[n..]) * (float)Pole) * (float)EndGain).CopyTo(row[n..]);
        for (; n < row.Length; n++) row[n] = (row[n] + before[n] * (float)Pole) * (float)EndGain;
    }

    private static void AntiCausal(ReadOnlySpan<float> after, Span<float> row)
    {
        int n = 0;
        for (; n <= row.Length - Vector<float>.Count; n += Vector<float>.Count)
            ((new Vector<float>(after[n..]) - new Vector<float>(row[n..])) * (float)Pole).CopyTo(row[n..]);
        for (; n < row.Length; n++) row[n] = (after[n] - row[n]) * (float)Pole;
    }
}
