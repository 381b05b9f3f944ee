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
    /// <param name="cancellationToken">Checked a few times a core.</param>
    /// <returns>One value a target voxel, row-major (k, j, i); the same bytes whatever the number of threads.</returns>
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
                Linear(source, channel, map, interpolation == Interpolation.Nearest, intensity, result, threads, cancellationToken);
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

    private static void Linear(
        Volume source, int channel, GridMap map, bool nearest, IntensityMap intensity, float[] result, int threads,
        CancellationToken cancellationToken)
    {
        AxisTaps tapsK = AxisTaps.Along(map, 0, nearest), tapsJ = AxisTaps.Along(map, 1, nearest), tapsI = AxisTaps.Along(map, 2, nearest);
        TargetWriter<float> writer = new(result, map);
        IndexRanges.Run(tapsK.Length, threads, (from, to) =>
        {
            PlaneSampler planes = new(source, channel, tapsJ, tapsI, intensity);
            float[] row = new float[tapsI.Length];
            for (int k = from; k < to; k++)
            {
                int lower = tapsK.Lower[k], upper = tapsK.Upper[k];
                ReadOnlySpan<float> a = planes.Get(lower, upper), b = planes.Get(upper, lower);
                for (int j = 0; j < tapsJ.Length; j++)
                {
                    ReadOnlySpan<float> rowA = a.Slice(j * row.Length, row.Length);
                    if (lower == upper)
                    {
                        writer.Write(k, j, rowA);
                        continue;
                    }
                    RowKernels.Lerp(rowA, b.Slice(j * row.Length, row.Length), tapsK.Weight[k], row);
                    writer.Write(k, j, row);
                }
            }
        }, cancellationToken);
    }
}
