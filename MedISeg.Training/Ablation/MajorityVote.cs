using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Ablation;

/// <summary>Joins label maps by the majority at each voxel (the paper's EnsVot).</summary>
internal static class MajorityVote
{
    /// <summary>The label that most maps hold at each voxel; the lowest of equals.</summary>
    /// <param name="maps">At least one, on the same grid.</param>
    public static LabelMap Of(IReadOnlyList<LabelMap> maps)
    {
        int voxels = checked((int)maps[0].Geometry.Grid.VoxelCount);
        int largest = maps.Max(map => Enumerable.Range(0, voxels).Max(n => Value(map, n)));
        LabelMap joined = LabelMap.Empty(maps[0].Geometry, largest);
        Span<int> votes = new int[maps.Count];
        for (int n = 0; n < voxels; n++)
        {
            for (int m = 0; m < maps.Count; m++) votes[m] = Value(maps[m], n);
            votes.Sort();
            int best = votes[0], most = 0;
            for (int from = 0, to; from < votes.Length; from = to)
            {
                for (to = from + 1; to < votes.Length && votes[to] == votes[from]; to++);
                if (to - from > most) (best, most) = (votes[from], to - from);
            }
            if (joined.IsWide) joined.Words[n] = (ushort)best;
            else joined.Bytes[n] = (byte)best;
        }
        return joined;
    }

    private static int Value(LabelMap map, int n) => map.IsWide ? map.Words[n] : map.Bytes[n];
}
