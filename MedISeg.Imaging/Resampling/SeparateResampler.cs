using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>
/// Brings an image channel to another grid plane by plane: first each plane alone, then between planes. For images that are much coarser
/// along one axis, where a cubic curve through the planes overshoots, and for networks that see one plane at a time.
/// </summary>
public static class SeparateResampler
{
    /// <summary>Resamples one channel.</summary>
    /// <param name="source">The image; copied one plane at a time.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="target">Grid of the result; each axis parallel to one of the source's.</param>
    /// <param name="targetAxis">Target axis across the planes: 0 = k, 1 = j, 2 = i.</param>
    /// <param name="inPlane">How values within a plane are found, as <see cref="VolumeResampler"/> does for an image of one plane.</param>
    /// <param name="across">Nearest or linear: how planes are joined; beyond the outermost plane it is repeated.</param>
    /// <param name="intensity">Applied to the source's real values before the interpolation.</param>
    /// <param name="cancellationToken">Checked a few times a core.</param>
    /// <returns>One value a target voxel, row-major (k, j, i); the same bytes whatever the number of threads.</returns>
    /// <exception cref="ArgumentException">The axes are not parallel (<see cref="GridMap.ParallelTolerance"/>), or planes are to be joined
    /// neither nearest nor linear.</exception>
    /// <remarks>Source: nnU-Net's separate z (in-plane spline, nearest along the coarse axis, half-voxel centres, edge repeated).</remarks>
    public static float[] Resample(
        Volume source, int channel, VolumeGeometry target, int targetAxis, Interpolation inPlane, Interpolation across,
        IntensityMap intensity, CancellationToken cancellationToken)
    {
        if (across is not (Interpolation.Nearest or Interpolation.Linear))
            throw new ArgumentException("Planes are joined nearest or linear.", nameof(across));
        GridMap map = GridMap.Between(target, source.Geometry);
        AxisMap along = map[targetAxis];
        AxisTaps taps = AxisTaps.Along(map, along.SourceAxis, across == Interpolation.Nearest);
        Volume single = new(source.Geometry, [source.Stored(channel)], source.Slope, source.Intercept);
        float[] result = GC.AllocateUninitializedArray<float>(checked((int)target.Grid.VoxelCount));
        IndexRanges.Run(taps.Length, Environment.ProcessorCount, (from, to) =>
        {
            PlaneStore planes = new(n => VolumeResampler.Resample(
                Plane(single, along.SourceAxis, n), 0, Plane(target, targetAxis, (n - along.Offset) / along.Scale), inPlane, intensity, 1,
                cancellationToken));
            float[] joined = new float[target.Grid.With(targetAxis, 1).VoxelCount];
            for (int n = from; n < to; n++)
            {
                int lower = taps.Lower[n], upper = taps.Upper[n];
                float[] a = planes.Get(lower, upper);
                if (lower != upper)
                {
                    RowKernels.Lerp(a, planes.Get(upper, lower), taps.Weight[n], joined);
                    a = joined;
                }
                Write(a, result, target.Grid, targetAxis, n);
            }
        }, cancellationToken);
        return result;
    }

    /// <summary>Most bytes besides the result: of each thread the plane that is written, the two around it, one that is on its way with what its
    /// own resampling holds, and as much that the collector has not taken back yet.</summary>
    /// <param name="source">Grid of the image.</param>
    /// <param name="target">Grid of the result.</param>
    /// <param name="targetAxis">Target axis across the planes.</param>
    public static long PeakBytes(VolumeGeometry source, VolumeGeometry target, int targetAxis)
    {
        long plane = target.Grid.With(targetAxis, 1).VoxelCount, own = source.Grid.With(GridMap.Between(target, source)[targetAxis].SourceAxis, 1).VoxelCount;
        return 2 * Environment.ProcessorCount * (4 * plane + 3 * Math.Max(plane, own)) * sizeof(float);
    }

    private static Volume Plane(Volume source, int axis, int place) =>
        source.Block(default(VoxelIndex).With(axis, place), source.Geometry.Grid.With(axis, 1));

    /// <summary>The grid's plane at a place along an axis, which may lie between its voxels.</summary>
    private static VolumeGeometry Plane(VolumeGeometry grid, int axis, double place) => new(
        grid.Grid.With(axis, 1),
        grid.IndexToPatient with { Origin = grid.IndexToPatient.Origin + grid.IndexToPatient.Column(2 - axis) * place });

    private static void Write(ReadOnlySpan<float> plane, float[] result, GridSize size, int axis, int place)
    {
        switch (axis)
        {
            case 0:
                plane.CopyTo(result.AsSpan((int)size.Offset(place, 0, 0)));
                break;
            case 1:
                for (int k = 0; k < size.Depth; k++)
                    plane.Slice(k * size.Width, size.Width).CopyTo(result.AsSpan((int)size.Offset(k, place, 0)));
                break;
            default:
                for (int row = 0; row < plane.Length; row++) result[row * size.Width + place] = plane[row];
                break;
        }
    }

    /// <summary>Computes planes and keeps the last two.</summary>
    private sealed class PlaneStore(Func<int, float[]> compute)
    {
        private readonly int[] _held = [-1, -1];
        private readonly float[][] _planes = [[], []];

        public float[] Get(int place, int keep)
        {
            int slot = PlaneSampler.Slot(_held, place, keep);
            if (_held[slot] == place) return _planes[slot];
            (_held[slot], _planes[slot]) = (place, compute(place));
            return _planes[slot];
        }
    }
}
