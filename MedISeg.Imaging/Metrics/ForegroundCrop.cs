using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>Cuts label maps of one grid down to what holds labels, so that what follows costs time and memory for that alone.</summary>
internal static class ForegroundCrop
{
    /// <summary>Cuts all maps to one box: around every voxel above 0 of any of them, and one voxel more on each side where the grid has it.</summary>
    /// <remarks>The margin keeps the background around connected and the border of the grid recognisable: components, holes and surfaces stay
    /// what they were. Maps without labels become the first corner. All take the first map's geometry.</remarks>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static LabelMap[] Of(params IReadOnlyList<LabelMap> maps)
    {
        VolumeGeometry geometry = maps[0].Geometry;
        GridSize grid = geometry.Grid;
        (int K, int J, int I) low = (grid.Depth, grid.Height, grid.Width), high = (-1, -1, -1);
        foreach (LabelMap map in maps)
        {
            Overlap.CheckSameGrid(map, maps[0]);
            for (int k = 0; k < grid.Depth; k++)
                for (int j = 0; j < grid.Height; j++)
                {
                    int start = (int)grid.Offset(k, j, 0);
                    (int first, int last) = map.IsWide
                        ? Ends<ushort>(map.Words.Slice(start, grid.Width))
                        : Ends<byte>(map.Bytes.Slice(start, grid.Width));
                    if (first < 0) continue;
                    low = (Math.Min(low.K, k), Math.Min(low.J, j), Math.Min(low.I, first));
                    high = (Math.Max(high.K, k), Math.Max(high.J, j), Math.Max(high.I, last));
                }
        }
        if (high.K < 0) low = high = (0, 0, 0);
        VoxelIndex from = new(Math.Max(low.K - 1, 0), Math.Max(low.J - 1, 0), Math.Max(low.I - 1, 0));
        GridSize size = new(
            Math.Min(high.K + 2, grid.Depth) - from.K, Math.Min(high.J + 2, grid.Height) - from.J, Math.Min(high.I + 2, grid.Width) - from.I);
        return [.. maps.Select(map => Cut(map, geometry.Block(from, size), from))];
    }

    private static (int First, int Last) Ends<T>(ReadOnlySpan<T> row) where T : unmanaged, IEquatable<T> =>
        (row.IndexOfAnyExcept(default(T)), row.LastIndexOfAnyExcept(default(T)));

    private static LabelMap Cut(LabelMap map, VolumeGeometry box, VoxelIndex from)
    {
        GridSize grid = map.Geometry.Grid, size = box.Grid;
        LabelMap cut = LabelMap.Empty(box, map.LargestLabel);
        for (int k = 0; k < size.Depth; k++)
            for (int j = 0; j < size.Height; j++)
            {
                int source = (int)grid.Offset(from.K + k, from.J + j, from.I), target = (int)size.Offset(k, j, 0);
                if (map.IsWide) map.Words.Slice(source, size.Width).CopyTo(cut.Words[target..]);
                else map.Bytes.Slice(source, size.Width).CopyTo(cut.Bytes[target..]);
            }
        return cut;
    }
}
