namespace MedISeg.Imaging.Resampling;

/// <summary>For each index along a target axis the two source indices around it and the weight of the upper one.</summary>
/// <remarks>
/// Value = source[Lower] + Weight * (source[Upper] - source[Lower]). Positions beyond the outermost voxel centres are clamped to them.
/// Positions are computed in double; one within 1e-7 voxels of a centre counts as that centre, so that an identity map copies.
/// </remarks>
public sealed class AxisTaps
{
    private const double CentreTolerance = 1e-7;
    private const double TieTolerance = 1e-6;

    private AxisTaps(int targetLength)
    {
        Lower = new int[targetLength];
        Upper = new int[targetLength];
        Weight = new float[targetLength];
    }

    /// <summary>Number of target indices.</summary>
    public int Length => Lower.Length;

    /// <summary>Lower source index a target index.</summary>
    public int[] Lower { get; }

    /// <summary>Upper source index a target index: Lower + 1, or Lower where Weight is 0.</summary>
    public int[] Upper { get; }

    /// <summary>Weight of the upper source index, in [0, 1].</summary>
    public float[] Weight { get; }

    /// <summary>Whether eight taps in a row are never more than seven source indices apart, the lower ones and the upper ones: so it is where the
    /// target is no coarser than the source.</summary>
    internal bool IsDense { get; private set; }

    /// <summary>Largest source index.</summary>
    internal int Reach => Math.Max(Upper[0], Upper[^1]);

    /// <summary>Linear taps for source index = offset + scale * target index.</summary>
    /// <param name="targetLength">Number of target indices, at least 1.</param>
    /// <param name="sourceLength">Number of source voxels, at least 1.</param>
    /// <param name="scale">Source voxels a target voxel; negative for a flipped axis.</param>
    /// <param name="offset">Continuous source index of target index 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length below 1.</exception>
    public static AxisTaps Linear(int targetLength, int sourceLength, double scale, double offset)
    {
        CheckLengths(targetLength, sourceLength);
        AxisTaps taps = new(targetLength);
        for (int n = 0; n < targetLength; n++)
        {
            double position = Math.Clamp(offset + scale * n, 0, sourceLength - 1);
            double nearest = Math.Round(position);
            if (Math.Abs(position - nearest) < CentreTolerance) position = nearest;
            int lower = (int)Math.Floor(position);
            float weight = (float)(position - lower);
            taps.Lower[n] = lower;
            taps.Upper[n] = weight > 0 ? lower + 1 : lower;
            taps.Weight[n] = weight;
        }
        taps.IsDense = Dense(taps.Lower) && Dense(taps.Upper);
        return taps;
    }

    /// <summary>Taps of the nearest source voxel, all weights 0; a tie (within 1e-6 voxels) goes to the higher source index.</summary>
    /// <inheritdoc cref="Linear" path="/param"/>
    /// <inheritdoc cref="Linear" path="/exception"/>
    public static AxisTaps Nearest(int targetLength, int sourceLength, double scale, double offset)
    {
        CheckLengths(targetLength, sourceLength);
        AxisTaps taps = new(targetLength);
        for (int n = 0; n < targetLength; n++)
        {
            double position = Math.Clamp(offset + scale * n, 0, sourceLength - 1);
            taps.Lower[n] = taps.Upper[n] = Math.Min((int)Math.Floor(position + 0.5 + TieTolerance), sourceLength - 1);
        }
        taps.IsDense = Dense(taps.Lower);
        return taps;
    }

    /// <summary>Linear or nearest taps along a source axis (0 = k, 1 = j, 2 = i) of a map.</summary>
    internal static AxisTaps Along(GridMap map, int sourceAxis, bool nearest)
    {
        int targetAxis = map.TargetAxisOf(sourceAxis);
        AxisMap axis = map[targetAxis];
        return nearest
            ? Nearest(map.Target[targetAxis], map.Source[sourceAxis], axis.Scale, axis.Offset)
            : Linear(map.Target[targetAxis], map.Source[sourceAxis], axis.Scale, axis.Offset);
    }

    /// <summary>Whether target index n is source index n, all along.</summary>
    internal bool IsIdentity(int sourceLength)
    {
        if (Length != sourceLength) return false;
        for (int n = 0; n < Length; n++)
            if (Lower[n] != n || Weight[n] != 0)
                return false;
        return true;
    }

    /// <summary>Taps rise or fall all along.</summary>
    private static bool Dense(int[] index)
    {
        for (int n = 7; n < index.Length; n++)
            if (Math.Abs(index[n] - index[n - 7]) > 7)
                return false;
        return true;
    }

    private static void CheckLengths(int targetLength, int sourceLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targetLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceLength, 1);
    }
}
