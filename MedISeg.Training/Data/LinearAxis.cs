namespace MedISeg.Training.Data;

/// <summary>For each index along a target axis two source indices and the weight of the upper one; indices are held inside the source.</summary>
internal sealed class LinearAxis
{
    /// <summary>Taps for source index = offset + scale * target index.</summary>
    /// <param name="count">Target indices.</param>
    /// <param name="sourceLength">Source indices.</param>
    /// <param name="scale">Source indices a target index.</param>
    /// <param name="offset">Source index of target index 0, continuous.</param>
    public LinearAxis(int count, int sourceLength, double scale, double offset)
    {
        Lower = new int[count];
        Upper = new int[count];
        Weight = new double[count];
        for (int n = 0; n < count; n++)
        {
            double position = Math.Clamp(offset + scale * n, 0, sourceLength - 1);
            Lower[n] = (int)position;
            Upper[n] = Math.Min(Lower[n] + 1, sourceLength - 1);
            Weight[n] = position - Lower[n];
        }
    }

    private LinearAxis(int lower, int upper, double weight) => (Lower, Upper, Weight) = ([lower], [upper], [weight]);

    /// <summary>The taps of one target index.</summary>
    public LinearAxis At(int n) => new(Lower[n], Upper[n], Weight[n]);

    /// <summary>Target indices.</summary>
    public int Length => Lower.Length;

    /// <summary>Source index at or below the position.</summary>
    public int[] Lower { get; }

    /// <summary>The next source index, or the last one.</summary>
    public int[] Upper { get; }

    /// <summary>Share of <see cref="Upper"/>, in [0, 1).</summary>
    public double[] Weight { get; }
}
