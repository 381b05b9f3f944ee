using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Brings an image channel to another grid with parallel axes: permutes, flips, scales and shifts in one go.</summary>
public static class VolumeResampler
{
    /// <summary>Resamples one channel.</summary>
    /// <param name="source">The image; its stored rows are read as they are needed.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="target">Grid of the result; each axis parallel to one of the source's.</param>
    /// <param name="interpolation">How values between voxel centres are found; outside the image the nearest value is repeated.</param>
    /// <param name="intensity">Applied to the source's real values before the interpolation.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    /// <returns>One value a target voxel, row-major (k, j, i); the same bytes whatever the number of threads.</returns>
    /// <remarks>Memory besides the result: nearest and linear two target planes a thread. Cubic two planes a thread, and max(0, source -
    /// target planes) at the target's rows and columns; where the target's axes are in another order, all source planes so.</remarks>
    /// <exception cref="ArgumentException">The axes are not parallel (<see cref="GridMap.ParallelTolerance"/>).</exception>
    public static float[] Resample(
        Volume source, int channel, VolumeGeometry target, Interpolation interpolation, IntensityMap intensity,
        CancellationToken cancellationToken) =>
        Resample(source, channel, target, interpolation, intensity, Environment.ProcessorCount, cancellationToken);

    /// <summary>As the public overload, on a number of threads.</summary>
    internal static float[] Resample(
        Volume source, int channel, VolumeGeometry target, Interpolation interpolation, IntensityMap intensity, int threads,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, source.Channels);
        GridMap map = GridMap.Between(target, source.Geometry);
        float[] result = GC.AllocateUninitializedArray<float>(checked((int)target.Grid.VoxelCount));
        switch (interpolation)
        {
            case Interpolation.Nearest:
            case Interpolation.Linear:
                LinearResampler.Resample(source, channel, map, interpolation == Interpolation.Nearest, intensity, result, threads, cancellationToken);
                break;
            case Interpolation.Cubic:
            case Interpolation.CubicUnclipped:
                CubicResampler.Resample(source, channel, map, interpolation == Interpolation.Cubic, intensity, result, threads, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(interpolation));
        }
        return result;
    }
}
