using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Finds connected components of label maps: rows are cut into runs, and runs joined by union-find.</summary>
public static class ConnectedComponents
{
    /// <summary>Finds the components of some labels in one pass.</summary>
    /// <param name="map">The label map; planar where its depth is 1.</param>
    /// <param name="labels">Labels to look at, at least one; one that the map cannot hold has no component.</param>
    /// <param name="joint">Whether the labels form one region; otherwise voxels of different labels are never connected.</param>
    /// <param name="connectivity">6, 18 or 26; for a planar map also 4 or 8 (see <see cref="Connectivity"/>).</param>
    /// <returns>Components numbered in raster order of their first voxels; the same for any number of threads.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map, no label, or a negative one.</exception>
    public static ComponentMap Label(LabelMap map, IReadOnlyList<int> labels, bool joint, int connectivity) =>
        Label(map, labels, joint, connectivity, Slabs.CountFor(map.Geometry.Grid.VoxelCount));

    /// <summary>Most bytes that <see cref="Label(LabelMap, IReadOnlyList{int}, bool, int)"/> takes, and a choice among the components: noise
    /// without two equal voxels in a row takes as much, organs far less.</summary>
    /// <param name="grid">Extent of the map.</param>
    /// <param name="several">Whether several labels are looked at that form no region.</param>
    public static long PeakBytes(GridSize grid, bool several) =>
        VoxelMask.Bytes(grid) + RunTable.MostBytes(grid, several) + RunTable.MostRuns(grid, several) * sizeof(bool);

    internal static ComponentMap Label(LabelMap map, IReadOnlyList<int> labels, bool joint, int connectivity, int slabs)
    {
        if (labels.Count == 0 || labels.Any(label => label < 0)) throw new ArgumentException("Labels of at least 0 are needed.", nameof(labels));
        GridSize grid = map.Geometry.Grid;
        RowAdjacency adjacency = RowAdjacency.Of(connectivity, grid.Depth == 1);
        if (!joint && labels.Count > 1) return new ComponentMap(grid, RunTable.Of(map, Keys(map, labels), adjacency, slabs), labels);
        using VoxelMask mask = VoxelMask.Of(map, labels, slabs);
        return new ComponentMap(grid, RunTable.Of(mask, adjacency, slabs), labels);
    }

    /// <summary>Key of each label that the map can hold: its place among the labels from 1, or 0 where it is none of them.</summary>
    private static ushort[] Keys(LabelMap map, IReadOnlyList<int> labels)
    {
        ushort[] keys = new ushort[map.IsWide ? 1 << 16 : 1 << 8];
        for (int n = 0; n < labels.Count; n++)
            if (labels[n] < keys.Length && keys[labels[n]] == 0) keys[labels[n]] = checked((ushort)(n + 1));
        return keys;
    }
}
