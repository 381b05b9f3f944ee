using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Merging;

/// <summary>Walks several label maps of one grid together, run by run of voxels over which none of them changes.</summary>
internal static class LabelRuns
{
    /// <summary>Visits runs in raster order.</summary>
    /// <param name="maps">At least one, all of the same extent.</param>
    /// <param name="visit">Receives a label a map (valid only during the call), the first voxel and the voxel after the last.</param>
    /// <param name="cancellationToken">Checked now and then.</param>
    public static void ForEach(IReadOnlyList<LabelMap> maps, Action<int[], int, int> visit, CancellationToken cancellationToken)
    {
        int voxels = (int)maps[0].Geometry.Grid.VoxelCount, at = 0;
        int[] labels = new int[maps.Count], ends = new int[maps.Count];
        for (long runs = 0; at < voxels; runs++)
        {
            if (runs % 65536 == 0) cancellationToken.ThrowIfCancellationRequested();
            int end = voxels;
            for (int m = 0; m < maps.Count; m++)
            {
                if (ends[m] <= at) (labels[m], ends[m]) = Run(maps[m], at);
                end = Math.Min(end, ends[m]);
            }
            visit(labels, at, end);
            at = end;
        }
    }

    /// <summary>Writes a label to a range of voxels.</summary>
    public static void Fill(LabelMap map, int label, int from, int to)
    {
        if (map.IsWide) map.Words[from..to].Fill((ushort)label);
        else map.Bytes[from..to].Fill((byte)label);
    }

    private static (int Label, int End) Run(LabelMap map, int from) =>
        map.IsWide ? (map.Words[from], End<ushort>(map.Words, from)) : (map.Bytes[from], End<byte>(map.Bytes, from));

    private static int End<T>(ReadOnlySpan<T> labels, int from) where T : IEquatable<T>
    {
        int length = labels[from..].IndexOfAnyExcept(labels[from]);
        return length < 0 ? labels.Length : from + length;
    }
}
