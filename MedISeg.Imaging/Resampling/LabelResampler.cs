using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Brings label maps to another grid, without a plane a class.</summary>
public static class LabelResampler
{
    /// <summary>Takes the nearest voxel's label; a tie goes to the higher source index; outside the nearest voxel is repeated.</summary>
    /// <param name="source">The label map.</param>
    /// <param name="target">Grid of the result; each axis parallel to one of the source's.</param>
    /// <returns>A new map, wide where the source is; the same bytes whatever the number of threads. Nothing else of its size is held.</returns>
    /// <exception cref="ArgumentException">The axes are not parallel (<see cref="GridMap.ParallelTolerance"/>).</exception>
    public static LabelMap Nearest(LabelMap source, VolumeGeometry target) => Nearest(source, target, Environment.ProcessorCount);

    /// <summary>As the public overload, on a number of threads.</summary>
    internal static LabelMap Nearest(LabelMap source, VolumeGeometry target, int threads)
    {
        GridMap map = GridMap.Between(target, source.Geometry);
        int count = checked((int)target.Grid.VoxelCount);
        if (source.IsWide)
        {
            ushort[] words = GC.AllocateUninitializedArray<ushort>(count);
            Sample((k, j) => source.Words.Slice((int)map.Source.Offset(k, j, 0), map.Source.Width), map, words, threads);
            return new LabelMap(target, words);
        }
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        Sample((k, j) => source.Bytes.Slice((int)map.Source.Offset(k, j, 0), map.Source.Width), map, bytes, threads);
        return new LabelMap(target, bytes);
    }

    private static void Sample<T>(RowOf<T> source, GridMap map, T[] target, int threads) where T : unmanaged
    {
        AxisTaps tapsK = AxisTaps.Along(map, 0, nearest: true), tapsJ = AxisTaps.Along(map, 1, nearest: true), tapsI = AxisTaps.Along(map, 2, nearest: true);
        TargetWriter<T> writer = new(target, map);
        int plane = tapsJ.Length * tapsI.Length;
        ColumnPicker? picker = tapsI.IsIdentity(map.Source.Width) ? null : new ColumnPicker(tapsI.Lower, map.Source.Width);
        IndexRanges.Run(tapsK.Length, threads, (from, to) =>
        {
            T[] spare = new T[tapsI.Length];
            for (int k = from; k < to; k++)
            {
                if (map.KeepsOrder && k > from && tapsK.Lower[k] == tapsK.Lower[k - 1])
                {
                    target.AsSpan((k - 1) * plane, plane).CopyTo(target.AsSpan(k * plane));
                    continue;
                }
                Span<T> before = default;
                for (int j = 0; j < tapsJ.Length; j++)
                {
                    Span<T> row = writer.Begin(k, j, spare);
                    if (j > 0 && tapsJ.Lower[j] == tapsJ.Lower[j - 1]) before.CopyTo(row);
                    else if (picker is null) source(tapsK.Lower[k], tapsJ.Lower[j]).CopyTo(row);
                    else picker.Pick(source(tapsK.Lower[k], tapsJ.Lower[j]), row);
                    writer.End(k, j, row);
                    before = row;
                }
            }
        }, CancellationToken.None);
    }

    private delegate ReadOnlySpan<T> RowOf<T>(int k, int j) where T : unmanaged;
}
