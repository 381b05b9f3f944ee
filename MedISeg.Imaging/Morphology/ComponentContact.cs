using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Which components touch, or lie within, other labels.</summary>
public static class ComponentContact
{
    /// <summary>Components with a voxel that is a neighbour of some labels, or at most a distance away from them.</summary>
    /// <param name="found">Components of the map.</param>
    /// <param name="map">The map that was labelled.</param>
    /// <param name="labels">Labels of at least 0.</param>
    /// <param name="connectivity">Which voxels are neighbours.</param>
    /// <param name="distanceMm">Distance of voxel centres, mm, that <see cref="BallMorphology.Fits"/>; null: neighbours.</param>
    /// <returns>Whether component n touches, at n - 1.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map.</exception>
    public static bool[] Touching(ComponentMap found, LabelMap map, IReadOnlyList<int> labels, int connectivity, double? distanceMm = null)
    {
        GridSize grid = map.Geometry.Grid;
        RowAdjacency adjacency = RowAdjacency.Of(connectivity, grid.Depth == 1);
        using VoxelMask mask = VoxelMask.Of(map, labels, Slabs.CountFor(grid.VoxelCount));
        if (distanceMm is not { } distance) return Touching(found, mask, adjacency, 1);
        using VoxelMask near = BallMorphology.Near(mask, false, map.Geometry.Spacing, distance);
        return Touching(found, near, new RowAdjacency(-1, -1, -1), 0);
    }

    /// <summary>Most bytes that <see cref="Touching(ComponentMap, LabelMap, IReadOnlyList{int}, int, double?)"/> holds beside map and components.</summary>
    /// <param name="grid">Extent of the map.</param>
    /// <param name="spacing">Spacing of the map.</param>
    /// <param name="several">Whether the components are of several labels that form no region.</param>
    /// <param name="distanceMm">As there.</param>
    public static long PeakBytes(GridSize grid, SpacingMm spacing, bool several, double? distanceMm) =>
        VoxelMask.Bytes(grid) + 2 * RunTable.MostRuns(grid, several) * sizeof(bool) + (distanceMm is { } distance ? BallMorphology.PeakBytes(grid, spacing, distance) : 0);

    /// <summary>Components whose neighbours, apart from voxels of their region, all have some labels. The border of the grid is no neighbour.</summary>
    /// <param name="found">Components of the map.</param>
    /// <param name="map">The map that was labelled.</param>
    /// <param name="region">Labels of the region.</param>
    /// <param name="labels">The labels, of at least 0.</param>
    /// <param name="connectivity">Which voxels are neighbours.</param>
    /// <returns>Whether component n lies inside, at n - 1.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map.</exception>
    public static bool[] Inside(ComponentMap found, LabelMap map, IReadOnlyList<int> region, IReadOnlyList<int> labels, int connectivity)
    {
        HashSet<int> allowed = [.. region, .. labels];
        int[] others = [.. Enumerable.Range(0, map.LargestLabel + 1).Where(label => !allowed.Contains(label))];
        return [.. Touching(found, map, others, connectivity).Select(touches => !touches)];
    }

    private static bool[] Touching(ComponentMap found, VoxelMask mask, RowAdjacency adjacency, int along)
    {
        bool[] touches = new bool[found.Count];
        int height = mask.Grid.Height, width = mask.Grid.Width;
        found.ForRuns((component, row, start, end) =>
        {
            if (touches[component]) return;
            int k = row / height, j = row % height;
            bool isUp = j > 0, isDown = j + 1 < height, isBehind = k > 0, isAhead = k + 1 < mask.Grid.Depth;
            touches[component] = Any(true, row, along)
                || Any(isUp, row - 1, adjacency.Above) || Any(isDown, row + 1, adjacency.Above)
                || Any(isBehind, row - height, adjacency.Behind) || Any(isAhead, row + height, adjacency.Behind)
                || Any(isBehind && isUp, row - height - 1, adjacency.Diagonal) || Any(isBehind && isDown, row - height + 1, adjacency.Diagonal)
                || Any(isAhead && isUp, row + height - 1, adjacency.Diagonal) || Any(isAhead && isDown, row + height + 1, adjacency.Diagonal);

            bool Any(bool exists, int other, int apart) =>
                exists && apart >= 0 && MaskKernels.Any(mask[other], Math.Max(0, start - apart), Math.Min(width, end + apart));
        });
        return touches;
    }
}
