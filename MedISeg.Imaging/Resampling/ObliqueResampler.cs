using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Brings an image channel to a grid that is turned against its own; <see cref="VolumeResampler"/> is faster where axes are
/// parallel.</summary>
public static class ObliqueResampler
{
    /// <summary>Resamples one channel by trilinear interpolation.</summary>
    /// <param name="source">The image; its channel is read as floats.</param>
    /// <param name="channel">Channel, from 0.</param>
    /// <param name="target">Grid of the result, at any angle.</param>
    /// <param name="cancellationToken">Checked once a plane.</param>
    /// <returns>One value a target voxel, row-major (k, j, i); outside the image its nearest value. The same bytes whatever the number of
    /// threads.</returns>
    public static float[] Resample(Volume source, int channel, VolumeGeometry target, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, source.Channels);
        float[] values = source.ToFloats(channel);
        GridSize grid = source.Geometry.Grid, wanted = target.Grid;
        Affine toSource = source.Geometry.PatientToIndex * target.IndexToPatient;
        float[] result = GC.AllocateUninitializedArray<float>(checked((int)wanted.VoxelCount));
        IndexRanges.Run(wanted.Depth, Environment.ProcessorCount, (from, to) =>
        {
            for (int k = from; k < to; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int j = 0; j < wanted.Height; j++)
                {
                    Span<float> row = result.AsSpan((int)wanted.Offset(k, j, 0), wanted.Width);
                    for (int i = 0; i < row.Length; i++) row[i] = At(values, grid, toSource.Apply(i, j, k));
                }
            }
        }, cancellationToken);
        return result;
    }

    /// <summary>Value at a continuous index (i, j, k).</summary>
    private static float At(float[] values, GridSize grid, Vector3D index)
    {
        (int i0, int i1, double u) = Tap(index.X, grid.Width);
        (int j0, int j1, double v) = Tap(index.Y, grid.Height);
        (int k0, int k1, double w) = Tap(index.Z, grid.Depth);
        double near = Lerp(Row(k0, j0), Row(k0, j1), v), far = Lerp(Row(k1, j0), Row(k1, j1), v);
        return (float)Lerp(near, far, w);

        double Row(int k, int j)
        {
            int start = (int)grid.Offset(k, j, 0);
            return Lerp(values[start + i0], values[start + i1], u);
        }
    }

    private static (int Lower, int Upper, double Weight) Tap(double place, int length)
    {
        place = Math.Clamp(place, 0, length - 1);
        int lower = Math.Min((int)place, length - 1);
        return (lower, Math.Min(lower + 1, length - 1), place - lower);
    }

    private static double Lerp(double a, double b, double weight) => a + (b - a) * weight;
}
