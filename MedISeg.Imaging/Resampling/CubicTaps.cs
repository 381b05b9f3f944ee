namespace MedISeg.Imaging.Resampling;

/// <summary>For each index along a target axis four source indices and their cubic B-spline weights.</summary>
/// <remarks>
/// Indices beyond the ends are mirrored at the outermost voxel centres, as the prefilter assumes. Positions more than half a voxel beyond
/// them (outside the image) are clamped to the voxel's edge, so that no mirrored anatomy appears there.
/// </remarks>
internal sealed class CubicTaps
{
    private CubicTaps(int targetLength)
    {
        Index = new int[4 * targetLength];
        Weight = new float[4 * targetLength];
    }

    /// <summary>Number of target indices.</summary>
    public int Length => Index.Length / 4;

    /// <summary>Four source indices a target index.</summary>
    public int[] Index { get; }

    /// <summary>Four weights a target index; their sum is 1.</summary>
    public float[] Weight { get; }

    /// <summary>Taps along a source axis (0 = k, 1 = j, 2 = i) of a map.</summary>
    public static CubicTaps Along(GridMap map, int sourceAxis)
    {
        int targetAxis = map.TargetAxisOf(sourceAxis);
        AxisMap axis = map[targetAxis];
        return Create(map.Target[targetAxis], map.Source[sourceAxis], axis.Scale, axis.Offset);
    }

    /// <summary>Taps for source index = offset + scale * target index.</summary>
    public static CubicTaps Create(int targetLength, int sourceLength, double scale, double offset)
    {
        CubicTaps taps = new(targetLength);
        for (int n = 0; n < targetLength; n++)
        {
            double position = Math.Clamp(offset + scale * n, -0.5, sourceLength - 0.5);
            int floor = (int)Math.Floor(position);
            double f = position - floor, g = 1 - f;
            ReadOnlySpan<double> weights =
                [g * g * g / 6, (4 - 6 * f * f + 3 * f * f * f) / 6, (4 - 6 * g * g + 3 * g * g * g) / 6, f * f * f / 6];
            for (int tap = 0; tap < 4; tap++)
            {
                taps.Index[4 * n + tap] = Mirror(floor - 1 + tap, sourceLength);
                taps.Weight[4 * n + tap] = (float)weights[tap];
            }
        }
        return taps;
    }

    /// <summary>Index in [0, length) after mirroring at the first and the last voxel centre without repeating them.</summary>
    internal static int Mirror(int index, int length)
    {
        if (length == 1) return 0;
        int period = 2 * (length - 1);
        index = (index % period + period) % period;
        return index < length ? index : period - index;
    }
}
