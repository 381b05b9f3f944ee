using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Finds connected components of label maps.</summary>
public static class ConnectedComponents
{
    /// <summary>Finds the components of some labels.</summary>
    /// <param name="map">The label map; planar where its depth is 1.</param>
    /// <param name="labels">Labels to look at; one that the map cannot hold has no component.</param>
    /// <param name="joint">Whether the labels form one region; otherwise voxels of different labels are never connected.</param>
    /// <param name="connectivity">6, 18 or 26; for a planar map also 4 or 8 (see <see cref="Connectivity"/>).</param>
    /// <returns>Components numbered in raster order of their first voxels.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map, or a negative label.</exception>
    public static ComponentMap Label(LabelMap map, IReadOnlyList<int> labels, bool joint, int connectivity) =>
        Label(map, Keys(map, labels, joint), RowAdjacency.Of(connectivity, map.Geometry.Grid.Depth == 1));

    internal static ComponentMap Label(LabelMap map, ushort[] keys, RowAdjacency adjacency) => map.IsWide
        ? ComponentMap.Build<ushort>(map.Words, map.Geometry.Grid, keys, adjacency)
        : ComponentMap.Build<byte>(map.Bytes, map.Geometry.Grid, keys, adjacency);

    private static ushort[] Keys(LabelMap map, IReadOnlyList<int> labels, bool joint)
    {
        ushort[] keys = new ushort[map.IsWide ? 1 << 16 : 1 << 8];
        // Label 0 may be asked for too, and key 0 means no run: keys count the asked labels from 1.
        for (int n = 0; n < labels.Count; n++)
        {
            if (labels[n] < 0) throw new ArgumentException("A label must not be negative.", nameof(labels));
            if (labels[n] < keys.Length && keys[labels[n]] == 0) keys[labels[n]] = joint ? (ushort)1 : checked((ushort)(n + 1));
        }
        return keys;
    }
}
