using System.Numerics.Tensors;
using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Cubic B-spline resampling, separable: each source plane is brought to the target's rows and columns, then all planes along k.</summary>
/// <remarks>
/// Filters along different axes commute. The planes between the two stages wait in the result itself where the axes keep their order, and
/// only those that the target has no room for in an array of their own; with permuted axes all of them do. Besides the result that is
/// max(0, source planes - target planes), or all source planes, times the target's extent along the source's j and i, in floats, and two
/// planes a thread.
/// </remarks>
internal static class CubicResampler
{
    public static void Resample(
        Volume source, int channel, GridMap map, bool clip, IntensityMap intensity, float[] result, int threads,
        CancellationToken cancellationToken)
    {
        int depth = map.Source.Depth;
        CubicTaps tapsK = CubicTaps.Along(map, 0), tapsJ = CubicTaps.Along(map, 1), tapsI = CubicTaps.Along(map, 2);
        int height = tapsJ.Length, width = tapsI.Length, plane = checked(height * width);
        int inResult = map.KeepsOrder ? Math.Min(depth, tapsK.Length) : 0;
        float[] rest = GC.AllocateUninitializedArray<float>(checked((depth - inResult) * plane));
        float[] smallest = new float[depth], largest = new float[depth];

        Span<float> Plane(int k) => k < inResult ? result.AsSpan(k * plane, plane) : rest.AsSpan((k - inResult) * plane, plane);

        IndexRanges.Run(depth, threads, (from, to) =>
        {
            CubicPlane planes = new(source, channel, tapsJ, tapsI, intensity, clip);
            for (int k = from; k < to; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (smallest[k], largest[k]) = planes.Compute(k, Plane(k));
            }
        }, cancellationToken);

        float floor = smallest.Min(), ceiling = largest.Max();
        TargetWriter<float> writer = new(result, map);
        IndexRanges.Run(height, threads, (from, to) =>
        {
            int pitch = CubicPlane.Pitch(width);
            float[] lines = new float[checked(depth * pitch)], spare = new float[width];
            for (int j = from; j < to; j++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // No other row of the planes is touched: the result's rows may take their place.
                for (int k = 0; k < depth; k++) Plane(k).Slice(j * width, width).CopyTo(lines.AsSpan(k * pitch));
                BSplineFilter.Lanes(lines, depth, pitch, width);
                for (int k = 0; k < tapsK.Length; k++)
                {
                    Span<float> row = writer.Begin(k, j, spare);
                    RowKernels.Blend(lines, pitch, tapsK, k, row);
                    if (clip)
                    {
                        TensorPrimitives.Max(row, floor, row);
                        TensorPrimitives.Min(row, ceiling, row);
                    }
                    writer.End(k, j, row);
                }
            }
        }, cancellationToken);
    }
}
