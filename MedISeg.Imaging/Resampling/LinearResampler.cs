using MedISeg.Imaging.Intensity;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Trilinear and nearest resampling, separable. Besides the result it holds a few rows or two target planes a thread.</summary>
internal static class LinearResampler
{
    public static void Resample(
        Volume source, int channel, GridMap map, bool nearest, IntensityMap intensity, float[] result, int threads,
        CancellationToken cancellationToken)
    {
        AxisTaps tapsK = AxisTaps.Along(map, 0, nearest), tapsJ = AxisTaps.Along(map, 1, nearest), tapsI = AxisTaps.Along(map, 2, nearest);
        TargetWriter<float> writer = new(result, map);
        // Going up, a source row serves several target rows; going down, hardly any serves two.
        bool up = tapsK.Length > map.Source.Depth || tapsJ.Length > map.Source.Height;
        IndexRanges.Run(tapsK.Length, threads, (from, to) =>
        {
            if (up) Up(new PlaneSampler(source, channel, tapsJ, tapsI, intensity), tapsK, tapsJ.Length, tapsI.Length, from, to, writer, cancellationToken);
            else Down(new RowReader(source, channel, intensity), tapsK, tapsJ, tapsI, from, to, writer, cancellationToken);
        }, cancellationToken);
    }

    private static void Up(
        PlaneSampler planes, AxisTaps tapsK, int height, int width, int from, int to, TargetWriter<float> writer, CancellationToken cancellationToken)
    {
        float[] spare = new float[width];
        for (int k = from; k < to; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int lower = tapsK.Lower[k], upper = tapsK.Upper[k];
            ReadOnlySpan<float> a = planes.Get(lower, upper), b = planes.Get(upper, lower);
            for (int j = 0; j < height; j++)
            {
                Span<float> row = writer.Begin(k, j, spare);
                if (lower == upper) a.Slice(j * width, width).CopyTo(row);
                else RowKernels.Lerp(a.Slice(j * width, width), b.Slice(j * width, width), tapsK.Weight[k], row);
                writer.End(k, j, row);
            }
        }
    }

    private static void Down(
        RowReader rows, AxisTaps tapsK, AxisTaps tapsJ, AxisTaps tapsI, int from, int to, TargetWriter<float> writer, CancellationToken cancellationToken)
    {
        float[] spare = new float[tapsI.Length];
        bool copies = tapsI.IsIdentity(rows.Length);
        for (int k = from; k < to; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int j = 0; j < tapsJ.Length; j++)
            {
                Span<float> near = rows.Between(tapsK.Lower[k], tapsJ, j, slot: 0);
                if (tapsK.Weight[k] > 0) RowKernels.Lerp(near, rows.Between(tapsK.Upper[k], tapsJ, j, slot: 1), tapsK.Weight[k], near);
                Span<float> row = writer.Begin(k, j, spare);
                if (copies) near.CopyTo(row);
                else RowKernels.Sample(near, tapsI, row);
                writer.End(k, j, row);
            }
        }
    }

    /// <summary>Reads source rows, interpolated along j.</summary>
    private sealed class RowReader(Volume source, int channel, IntensityMap intensity)
    {
        private readonly float[] _near = new float[source.Geometry.Grid.Width], _far = new float[source.Geometry.Grid.Width], _other = new float[source.Geometry.Grid.Width];

        public int Length => _other.Length;

        /// <summary>The row of target index j in source plane k; valid until the slot is asked for again.</summary>
        public Span<float> Between(int k, AxisTaps tapsJ, int j, int slot)
        {
            float[] row = slot == 0 ? _near : _far;
            Read(k, tapsJ.Lower[j], row);
            if (tapsJ.Weight[j] > 0)
            {
                Read(k, tapsJ.Upper[j], _other);
                RowKernels.Lerp(row, _other, tapsJ.Weight[j], row);
            }
            return row;
        }

        private void Read(int k, int j, float[] row)
        {
            source.ReadRow(channel, k, j, 0, row);
            intensity.Apply(row);
        }
    }
}
