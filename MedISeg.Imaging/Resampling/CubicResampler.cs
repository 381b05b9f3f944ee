using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Cubic B-spline resampling, separable: filter and evaluate along i and j in each source plane, then along k.</summary>
/// <remarks>Filters along different axes commute, so the array between the two stages has the target's extent along i and j already.</remarks>
internal static class CubicResampler
{
    public static void Resample(
        Volume source, int channel, GridMap map, bool clip, IntensityMap intensity, float[] result, int threads,
        CancellationToken cancellationToken)
    {
        GridSize size = map.Source;
        CubicTaps tapsK = CubicTaps.Along(map, 0), tapsJ = CubicTaps.Along(map, 1), tapsI = CubicTaps.Along(map, 2);
        int width = tapsI.Length, planeLength = checked(tapsJ.Length * width);
        float[] planes = GC.AllocateUninitializedArray<float>(checked(size.Depth * planeLength));
        float[] smallest = new float[size.Depth], largest = new float[size.Depth];

        IndexRanges.Run(size.Depth, threads, (from, to) =>
        {
            float[] row = new float[size.Width], rows = new float[size.Height * width], scratch = new float[width];
            for (int k = from; k < to; k++)
            {
                (smallest[k], largest[k]) = (float.PositiveInfinity, float.NegativeInfinity);
                for (int j = 0; j < size.Height; j++)
                {
                    source.ReadRow(channel, k, j, 0, row);
                    intensity.Apply(row);
                    smallest[k] = Math.Min(smallest[k], TensorPrimitives.Min<float>(row));
                    largest[k] = Math.Max(largest[k], TensorPrimitives.Max<float>(row));
                    BSplineFilter.Line(row);
                    RowKernels.Sample(row, tapsI, rows.AsSpan(j * width, width));
                }
                BSplineFilter.Lanes(rows, size.Height, width, width, scratch);
                for (int j = 0; j < tapsJ.Length; j++)
                    Blend(rows, width, tapsJ, j, planes.AsSpan(k * planeLength + j * width, width));
            }
        }, cancellationToken);

        float floor = smallest.Min(), ceiling = largest.Max();
        TargetWriter<float> writer = new(result, map);
        IndexRanges.Run(tapsJ.Length, threads, (from, to) =>
        {
            float[] row = new float[width], scratch = new float[width];
            for (int j = from; j < to; j++)
            {
                Span<float> lines = planes.AsSpan(j * width);
                BSplineFilter.Lanes(lines, size.Depth, planeLength, width, scratch);
                for (int k = 0; k < tapsK.Length; k++)
                {
                    Blend(lines, planeLength, tapsK, k, row);
                    if (clip)
                    {
                        TensorPrimitives.Max(row, floor, row);
                        TensorPrimitives.Min(row, ceiling, row);
                    }
                    writer.Write(k, j, row);
                }
            }
        }, cancellationToken);
    }

    private static void Blend(ReadOnlySpan<float> rows, int stride, CubicTaps taps, int n, Span<float> result)
    {
        ReadOnlySpan<int> index = taps.Index.AsSpan(4 * n, 4);
        RowKernels.Sum4(
            rows.Slice(index[0] * stride, result.Length), rows.Slice(index[1] * stride, result.Length),
            rows.Slice(index[2] * stride, result.Length), rows.Slice(index[3] * stride, result.Length), taps.Weight.AsSpan(4 * n, 4), result);
    }
}
