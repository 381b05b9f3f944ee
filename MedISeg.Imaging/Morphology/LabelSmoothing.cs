using System.Numerics;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Smooths the boundaries of labels with a Gaussian in mm.</summary>
public static class LabelSmoothing
{
    private const int SmallestBlock = 8;

    /// <summary>Gives each voxel of background or of some labels the one of these that weighs most around it.</summary>
    /// <param name="map">The label map; changed in place.</param>
    /// <param name="labels">Labels above 0. Voxels of other labels keep theirs and have no say.</param>
    /// <param name="sigmaMm">Standard deviation of the weights, mm, above 0; 3 of them must reach 64 voxels at most
    /// (<see cref="BallMorphology.Fits"/>).</param>
    /// <returns>Voxels whose label changed.</returns>
    /// <remarks>A tie keeps a voxel's label, or else goes to the lower one. What is held beside the map: <see cref="PeakBytes"/>.</remarks>
    /// <exception cref="ArgumentException">No label, one below 1, or a standard deviation that does not fit.</exception>
    public static long Apply(LabelMap map, IReadOnlyList<int> labels, double sigmaMm)
    {
        if (labels.Count == 0 || labels.Any(label => label < 1)) throw new ArgumentException("Labels above 0 are needed.", nameof(labels));
        if (!(sigmaMm > 0) || !BallMorphology.Fits(map, 3 * sigmaMm)) throw new ArgumentException("Three sigma must reach 64 voxels at most.", nameof(sigmaMm));
        ushort[] words = map.IsWide ? map.Words.ToArray() : [];
        byte[] bytes = map.IsWide ? [] : map.Bytes.ToArray();
        return map.IsWide
            ? Apply(map, labels, sigmaMm, words, static m => m.Words)
            : Apply(map, labels, sigmaMm, bytes, static m => m.Bytes);
    }

    /// <summary>Bytes that <see cref="Apply(LabelMap, IReadOnlyList{int}, double)"/> holds beside the label map: a copy of it, and of each block
    /// in work the best weights and labels so far and the slices in reach.</summary>
    /// <param name="grid">Extent of the map.</param>
    /// <param name="spacing">Spacing of the map.</param>
    /// <param name="sigmaMm">Standard deviation, mm.</param>
    /// <param name="labelBytes">Bytes of a label, 1 or 2.</param>
    public static long PeakBytes(GridSize grid, SpacingMm spacing, double sigmaMm, long labelBytes)
    {
        int reach = WindowFold.Reach(grid, spacing, 3 * sigmaMm, 0), blocks = Blocks(grid, reach);
        long block = (grid.Depth + blocks - 1L) / blocks * grid.Height * grid.Width * (sizeof(float) + labelBytes);
        return grid.VoxelCount * labelBytes + Math.Min(blocks, Environment.ProcessorCount) * (block + WindowFold.Bytes(grid, reach));
    }

    /// <summary>Every block folds its neighbours' slices again, so it shall be deeper than the window.</summary>
    private static int Blocks(GridSize grid, int reach) => Math.Max(1, grid.Depth / Math.Max(SmallestBlock, 4 * reach));

    private static long Apply<T>(LabelMap map, IReadOnlyList<int> labels, double sigmaMm, T[] before, Func<LabelMap, Span<T>> voxelsOf)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        GridSize grid = map.Geometry.Grid;
        WindowFold fold = WindowFold.Gaussian(grid, map.Geometry.Spacing, sigmaMm);
        int most = int.CreateChecked(T.MaxValue), reach = WindowFold.Reach(grid, map.Geometry.Spacing, 3 * sigmaMm, 0);
        T[] candidates = [.. labels.Append(0).Where(label => label <= most).Distinct().Order().Select(T.CreateChecked)];
        long changed = 0;
        Slabs.Run(grid.Depth, Blocks(grid, reach), (from, to) => Interlocked.Add(ref changed, Smooth(before, voxelsOf(map), grid, fold, reach, candidates, from, to)));
        return changed;
    }

    /// <summary>Smooths slices [from, to).</summary>
    private static long Smooth<T>(T[] before, Span<T> after, GridSize grid, WindowFold fold, int reach, T[] candidates, int from, int to)
        where T : unmanaged, IBinaryInteger<T>
    {
        int plane = grid.Height * grid.Width, origin = from * plane;
        float[] best = new float[(to - from) * plane];
        T[] choice = new T[best.Length];
        int first = Math.Max(0, from - reach) * plane, end = Math.Min(grid.Depth, to + reach) * plane;
        foreach (T candidate in candidates)
        {
            if (!before.AsSpan(first, end - first).Contains(candidate)) continue;
            fold.Run(from, to,
                (row, values) => Write(before.AsSpan(row * grid.Width, grid.Width), candidate, values),
                (row, weights) => Choose(
                    before.AsSpan(row * grid.Width, grid.Width), weights, candidate,
                    best.AsSpan(row * grid.Width - origin, grid.Width), choice.AsSpan(row * grid.Width - origin, grid.Width)));
        }

        long changed = 0;
        for (int n = 0; n < choice.Length; n++)
        {
            T label = before[origin + n];
            if (label == choice[n] || Array.IndexOf(candidates, label) < 0) continue;
            after[origin + n] = choice[n];
            changed++;
        }
        return changed;
    }

    private static bool Write<T>(ReadOnlySpan<T> row, T label, Span<float> values) where T : unmanaged, IBinaryInteger<T>
    {
        if (!row.Contains(label)) return false;
        for (int n = 0; n < row.Length; n++) values[n] = row[n] == label ? 1 : 0;
        return true;
    }

    /// <summary>Takes a candidate where it weighs more than the best one so far, or as much and is the voxel's label.</summary>
    private static void Choose<T>(ReadOnlySpan<T> row, ReadOnlySpan<float> weights, T candidate, Span<float> best, Span<T> choice)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int n = 0; n < weights.Length; n++)
        {
            if (weights[n] < best[n] || (weights[n] == best[n] && row[n] != candidate)) continue;
            best[n] = weights[n];
            choice[n] = candidate;
        }
    }
}
