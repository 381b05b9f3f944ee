using System.Numerics;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Morphology of regions with a ball in mm, by exact Euclidean distances between voxel centres along the grid's axes.</summary>
/// <remarks>
/// What lies beyond the grid is neither region nor background, so erosion does not eat an organ where the field of view cuts it, opening never
/// adds and closing never removes. Lengths have a relative tolerance of 1e-6, since headers hold 32-bit floats and "at most" includes equal.
/// On a sheared grid distances are those of the spacing.
/// </remarks>
public static class BallMorphology
{
    /// <summary>Changes a region in place.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="labels">Labels above 0 that form the region. With several, an added voxel gets the nearest one; a tie goes to the earlier
    /// of the list.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="radiusMm">Radius of the ball, mm, above 0; see <see cref="Fits"/>.</param>
    /// <param name="to">Label of removed voxels; the map can hold it.</param>
    /// <param name="overAny">Add voxels of other labels too; otherwise background only.</param>
    /// <returns>Voxels whose label changed.</returns>
    /// <exception cref="ArgumentException">No label, one below 1, or a radius that does not fit.</exception>
    public static long Apply(LabelMap map, IReadOnlyList<int> labels, BallOperation operation, double radiusMm, int to, bool overAny)
    {
        if (labels.Count == 0 || labels.Any(label => label < 1)) throw new ArgumentException("Labels above 0 are needed.", nameof(labels));
        if (!(radiusMm > 0) || !Fits(map, radiusMm)) throw new ArgumentException("The radius must be above 0 and reach 64 voxels at most.", nameof(radiusMm));
        int slabs = Slabs.CountFor(map.Geometry.Grid.VoxelCount);
        using VoxelMask region = VoxelMask.Of(map, labels, slabs);
        bool growsFirst = operation is BallOperation.Dilate or BallOperation.Close;
        using VoxelMask first = Near(region, !growsFirst, map.Geometry.Spacing, radiusMm);
        if (operation is BallOperation.Dilate or BallOperation.Erode) return Write(map, labels, region, first, !growsFirst, radiusMm, to, overAny);
        // The complement of what is near the complement is the erosion, so both halves ask for what is near.
        using VoxelMask second = Near(first, true, map.Geometry.Spacing, radiusMm);
        return Write(map, labels, region, second, growsFirst, radiusMm, to, overAny);
    }

    /// <summary>Whether a length reaches at most 64 voxels along each axis, or the whole grid where that is smaller.</summary>
    public static bool Fits(LabelMap map, double lengthMm) =>
        Enumerable.Range(0, 3).All(axis => WindowFold.Reach(map.Geometry.Grid, map.Geometry.Spacing, lengthMm, axis) <= WindowFold.MostReach);

    /// <summary>Bytes that <see cref="Apply"/> holds beside the label map, but for the lists of voxels that it changes.</summary>
    /// <param name="grid">Extent of the map.</param>
    /// <param name="spacing">Spacing of the map.</param>
    /// <param name="radiusMm">Radius of the ball, mm.</param>
    public static long PeakBytes(GridSize grid, SpacingMm spacing, double radiusMm) =>
        3 * VoxelMask.Bytes(grid) + Slabs.CountFor(grid.VoxelCount) * WindowFold.Bytes(grid, WindowFold.Reach(grid, spacing, radiusMm, 0));

    /// <summary>Voxels at most a radius away from a mask.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="outside">Away from what is not the mask instead.</param>
    /// <param name="spacing">Of the grid.</param>
    /// <param name="radiusMm">The radius, mm.</param>
    internal static VoxelMask Near(VoxelMask mask, bool outside, SpacingMm spacing, double radiusMm)
    {
        GridSize grid = mask.Grid;
        WindowFold fold = WindowFold.Distance(grid, spacing, radiusMm);
        float most = (float)(radiusMm * radiusMm * (1 + 2e-6));
        VoxelMask near = new(grid);
        Slabs.Run(grid.Depth, Math.Min(grid.Depth, Slabs.CountFor(grid.VoxelCount)), (from, to) => fold.Run(from, to,
            (row, values) => Write(mask[row], outside, values),
            (row, squared) =>
            {
                Span<ulong> words = near[row];
                words.Clear();
                for (int n = 0; n < squared.Length; n++)
                    if (squared[n] <= most) words[n / MaskKernels.WordBits] |= 1UL << n;
            }));
        return near;
    }

    private static bool Write(ReadOnlySpan<ulong> words, bool outside, Span<float> values)
    {
        bool isAny = false;
        for (int n = 0; n < values.Length; n++)
        {
            bool isIn = (words[n / MaskKernels.WordBits] >> n & 1) != 0 != outside;
            values[n] = isIn ? 0 : float.PositiveInfinity;
            isAny |= isIn;
        }
        return isAny;
    }

    /// <summary>Gives the region its new form; bits of the form mean the region, or everything else where <paramref name="isInverse"/>.</summary>
    private static long Write(
        LabelMap map, IReadOnlyList<int> labels, VoxelMask region, VoxelMask form, bool isInverse, double radiusMm, int to, bool overAny)
    {
        List<int> added = [], removed = [];
        GridSize grid = map.Geometry.Grid;
        for (int row = 0; row < region.Rows; row++)
            for (int word = 0; word < region.RowWords; word++)
            {
                ulong valid = word == region.RowWords - 1 && grid.Width % MaskKernels.WordBits != 0 ? (1UL << grid.Width) - 1 : ulong.MaxValue;
                for (ulong differ = (region[row][word] ^ form[row][word] ^ (isInverse ? ulong.MaxValue : 0)) & valid; differ != 0; differ &= differ - 1)
                {
                    int bit = BitOperations.TrailingZeroCount(differ), voxel = row * grid.Width + word * MaskKernels.WordBits + bit;
                    if ((region[row][word] >> bit & 1) != 0) removed.Add(voxel);
                    else if (overAny || Label(map, voxel) == 0) added.Add(voxel);
                }
            }
        int[] nearest = labels.Count == 1 ? [] : Nearest(map, labels, added, radiusMm);
        for (int n = 0; n < added.Count; n++) Set(map, added[n], nearest.Length == 0 ? labels[0] : nearest[n]);
        long changed = added.Count;
        foreach (int voxel in removed)
        {
            if (Label(map, voxel) != to) changed++;
            Set(map, voxel, to);
        }
        return changed;
    }

    /// <summary>For each of some voxels within the radius of the region, in raster order, the label that is nearest.</summary>
    private static int[] Nearest(LabelMap map, IReadOnlyList<int> labels, List<int> voxels, double radiusMm)
    {
        int[] nearest = new int[voxels.Count];
        float[] best = new float[voxels.Count];
        Array.Fill(best, float.PositiveInfinity);
        WindowFold fold = WindowFold.Distance(map.Geometry.Grid, map.Geometry.Spacing, radiusMm);
        int width = map.Geometry.Grid.Width;
        foreach (int label in labels)
        {
            using VoxelMask mask = VoxelMask.Of(map, [label], 1);
            int next = 0;
            fold.Run(0, map.Geometry.Grid.Depth, (row, values) => Write(mask[row], false, values), (row, squared) =>
            {
                for (; next < voxels.Count && voxels[next] / width == row; next++)
                    if (squared[voxels[next] % width] < best[next]) (best[next], nearest[next]) = (squared[voxels[next] % width], label);
            });
        }
        return nearest;
    }

    private static int Label(LabelMap map, int voxel) => map.IsWide ? map.Words[voxel] : map.Bytes[voxel];

    private static void Set(LabelMap map, int voxel, int label)
    {
        if (map.IsWide) map.Words[voxel] = checked((ushort)label);
        else map.Bytes[voxel] = checked((byte)label);
    }
}
