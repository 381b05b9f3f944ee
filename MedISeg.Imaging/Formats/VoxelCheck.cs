using System.Numerics;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>Finds voxels whose real value is no finite 32-bit float.</summary>
internal static class VoxelCheck
{
    /// <summary>How many stored values give no finite 32-bit float after slope and intercept.</summary>
    public static long CountUnfit<T>(ReadOnlySpan<T> stored, double slope, double intercept) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) && slope == 1 && intercept == 0) return CountNotFinite(MemoryMarshal.Cast<T, float>(stored));
        if (AlwaysFits<T>(slope, intercept)) return 0;
        long unfit = 0;
        foreach (T value in stored)
            if (!(Math.Abs(double.CreateTruncating(value) * slope + intercept) <= float.MaxValue))
                unfit++;
        return unfit;
    }

    /// <summary>Refuses an image with unfit voxels.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidVoxels"/>.</exception>
    public static void Throw(long unfit, long voxels)
    {
        if (unfit > 0)
            throw new SegmentationException(ErrorCode.InvalidVoxels,
                $"{unfit} of {voxels} voxels are not finite numbers " +
                "(NaN, infinite, or beyond 32-bit floats after slope and intercept); replace them before sending.");
    }

    /// <summary>How many values are NaN or infinite.</summary>
    internal static long CountNotFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> most = new(float.MaxValue);
        long unfit = 0;
        foreach (Vector<float> v in vectors)
        {
            // False for NaN and for infinity; almost no vector goes into the slow branch.
            if (Vector.LessThanOrEqualAll(Vector.Abs(v), most)) continue;
            for (int n = 0; n < Vector<float>.Count; n++)
                if (!float.IsFinite(v[n]))
                    unfit++;
        }
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..])
            if (!float.IsFinite(v))
                unfit++;
        return unfit;
    }

    /// <summary>Whether every stored value of the type gives a finite 32-bit float: no stored integer is wider than 32 bits.</summary>
    internal static bool AlwaysFits<T>(double slope, double intercept) where T : unmanaged =>
        typeof(T) != typeof(float) && typeof(T) != typeof(double) && Math.Abs(slope) * uint.MaxValue + Math.Abs(intercept) <= float.MaxValue;
}
