using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Resampling;

/// <summary>Brings label maps to another grid.</summary>
public static class LabelResampler
{
    /// <summary>Takes the nearest voxel's label; a tie goes to the higher source index; outside the nearest voxel is repeated.</summary>
    /// <param name="source">The label map.</param>
    /// <param name="target">Grid of the result; each axis parallel to one of the source's.</param>
    /// <returns>A new map, wide where the source is.</returns>
    /// <exception cref="ArgumentException">The axes are not parallel (<see cref="GridMap.ParallelTolerance"/>).</exception>
    public static LabelMap Nearest(LabelMap source, VolumeGeometry target)
    {
        GridMap map = GridMap.Between(target, source.Geometry);
        int count = checked((int)target.Grid.VoxelCount);
        if (source.IsWide)
        {
            ushort[] words = new ushort[count];
            Sample(source.Words, map, words);
            return new LabelMap(target, words);
        }
        byte[] bytes = new byte[count];
        Sample(source.Bytes, map, bytes);
        return new LabelMap(target, bytes);
    }

    private static void Sample<T>(ReadOnlySpan<T> source, GridMap map, T[] target) where T : unmanaged
    {
        AxisTaps tapsK = AxisTaps.Along(map, 0, nearest: true), tapsJ = AxisTaps.Along(map, 1, nearest: true);
        int[] columns = AxisTaps.Along(map, 2, nearest: true).Lower;
        TargetWriter<T> writer = new(target, map);
        T[] row = new T[columns.Length];
        for (int k = 0; k < tapsK.Length; k++)
            for (int j = 0; j < tapsJ.Length; j++)
            {
                ReadOnlySpan<T> from = source.Slice((int)map.Source.Offset(tapsK.Lower[k], tapsJ.Lower[j], 0), map.Source.Width);
                for (int i = 0; i < row.Length; i++) row[i] = from[columns[i]];
                writer.Write(k, j, row);
            }
    }
}
