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
        GridSize grid = source.Geometry.Grid, wanted = target.Grid, padded = new(grid.Depth + 1, grid.Height + 1, grid.Width + 1);
        float[] values = Padded(source, channel, padded, cancellationToken);
        int rowStride = padded.Width, planeStride = padded.Height * padded.Width;
        Affine toSource = source.Geometry.PatientToIndex * target.IndexToPatient;
        Vector3D step = toSource.I;
        float[] result = GC.AllocateUninitializedArray<float>(checked((int)wanted.VoxelCount));
        IndexRanges.Run(wanted.Depth, Environment.ProcessorCount, (from, to) =>
        {
            double[] offset = new double[wanted.Width];
            float[] weights = new float[3 * wanted.Width];
            for (int k = from; k < to; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int j = 0; j < wanted.Height; j++)
                {
                    Vector3D start = toSource.Apply(0, j, k);
                    offset.AsSpan().Clear();
                    ObliqueKernels.Places(start.X, step.X, grid.Width - 1, 1, offset, weights.AsSpan(0, wanted.Width));
                    ObliqueKernels.Places(start.Y, step.Y, grid.Height - 1, rowStride, offset, weights.AsSpan(wanted.Width, wanted.Width));
                    ObliqueKernels.Places(start.Z, step.Z, grid.Depth - 1, planeStride, offset, weights.AsSpan(2 * wanted.Width));
                    ObliqueKernels.Blend(values, rowStride, planeStride, offset, weights, result.AsSpan((int)wanted.Offset(k, j, 0), wanted.Width));
                }
            }
        }, cancellationToken);
        return result;
    }

    /// <summary>The channel with its last column, row and plane repeated, so that each voxel has one behind it on each axis.</summary>
    private static float[] Padded(Volume source, int channel, GridSize padded, CancellationToken cancellationToken)
    {
        GridSize grid = source.Geometry.Grid;
        float[] values = GC.AllocateUninitializedArray<float>(checked((int)padded.VoxelCount));
        IndexRanges.Run(padded.Depth, Environment.ProcessorCount, (from, to) =>
        {
            for (int k = from; k < to; k++)
                for (int j = 0; j < padded.Height; j++)
                {
                    Span<float> row = values.AsSpan((int)padded.Offset(k, j, 0), padded.Width);
                    source.ReadRow(channel, Math.Min(k, grid.Depth - 1), Math.Min(j, grid.Height - 1), 0, row[..grid.Width]);
                    row[^1] = row[^2];
                }
        }, cancellationToken);
        return values;
    }
}
