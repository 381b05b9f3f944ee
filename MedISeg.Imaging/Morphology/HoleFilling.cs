using System.Numerics;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Fills background that a region encloses.</summary>
/// <remarks>
/// As scipy.ndimage.binary_fill_holes on the region's mask: a hole is a component of everything outside the region (background and other
/// labels alike) that does not touch the border of the grid. Of a hole only the voxels of label 0 are filled, never another label unless asked. So
/// background between the region and another label is filled where both lie inside the region, and is not where the other label leads out.
/// Outside the region voxels are neighbours by the complement of the region's connectivity: 6 for 18 and 26 (scipy's default), 26 for 6,
/// 4 for 8, 8 for 4.
/// </remarks>
public static class HoleFilling
{
    /// <summary>Fills the holes of a region in place.</summary>
    /// <param name="map">The label map; in a planar one only the four edges are border.</param>
    /// <param name="labels">Labels above 0 that form the region. With several, a hole gets the label that shares most faces with it; a tie
    /// goes to the lower label.</param>
    /// <param name="connectivity">Connectivity of the region: 6, 18 or 26; for planar maps and slices also 4 or 8.</param>
    /// <param name="plane">Fill each slice alone; null: in 3-D.</param>
    /// <param name="overAny">Fill other labels inside a hole too; otherwise background only.</param>
    /// <returns>Holes with a voxel that was filled, and the number of these voxels.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map, no label, or a label below 1.</exception>
    public static (long Holes, long Voxels) Fill(
        LabelMap map, IReadOnlyList<int> labels, int connectivity, SlicePlane? plane, bool overAny = false) =>
        Fill(map, labels, connectivity, plane, overAny, Slabs.CountFor(map.Geometry.Grid.VoxelCount));

    internal static (long Holes, long Voxels) Fill(
        LabelMap map, IReadOnlyList<int> labels, int connectivity, SlicePlane? plane, bool overAny, int slabs)
    {
        if (labels.Count == 0 || labels.Any(label => label < 1)) throw new ArgumentException("Labels above 0 are needed.", nameof(labels));
        if (plane != SlicePlane.Kj) return FillRows(map, labels, connectivity, plane, overAny, slabs);
        LabelMap turned = SwapJI(map);
        (long Holes, long Voxels) filled = FillRows(turned, labels, connectivity, SlicePlane.Ki, overAny, slabs);
        if (filled.Voxels == 0) return filled;
        LabelMap back = SwapJI(turned);
        if (map.IsWide) back.Words.CopyTo(map.Words);
        else back.Bytes.CopyTo(map.Bytes);
        return filled;
    }

    /// <summary>Most bytes that <see cref="Fill(LabelMap, IReadOnlyList{int}, int, SlicePlane?, bool)"/> holds beside the label map.</summary>
    /// <param name="grid">Extent of the map.</param>
    /// <param name="labels">Labels of a region.</param>
    /// <param name="plane">As there.</param>
    /// <param name="labelBytes">Bytes of a label, 1 or 2.</param>
    public static long PeakBytes(GridSize grid, int labels, SlicePlane? plane, long labelBytes)
    {
        bool turns = plane == SlicePlane.Kj;
        if (turns) grid = new GridSize(grid.Depth, grid.Width, grid.Height);
        // A hole is open or not, and filled or not; with several labels it has a number and a count of faces for each.
        long hole = 2 + (labels > 1 ? sizeof(int) * (1 + labels) : 0);
        return OpenGaps.Bytes(grid) + RunTable.MostBytes(grid, keyed: false) + RunTable.MostRuns(grid, keyed: false) * hole
            + (turns ? 2 * grid.VoxelCount * labelBytes : 0);
    }

    private static (long Holes, long Voxels) FillRows(
        LabelMap map, IReadOnlyList<int> labels, int connectivity, SlicePlane? plane, bool overAny, int slabs)
    {
        GridSize grid = map.Geometry.Grid;
        bool planar = grid.Depth == 1;
        if (!Connectivity.IsValid(connectivity, planar || plane is not null)) throw Connectivity.Invalid(connectivity);
        int outside = Connectivity.Complement(connectivity);
        if (planar) plane ??= SlicePlane.Ji;
        RowAdjacency adjacency = plane is { } slices ? RowAdjacency.InSlices(outside, slices) : RowAdjacency.Of(outside, planar: false);

        using OpenGaps gaps = OpenGaps.Of(map, labels, adjacency, plane, slabs);
        RunTable runs = RunTable.Of(gaps.Closed, adjacency, slabs);
        bool[] isOpen = Open(runs, gaps);
        if (!isOpen.Contains(false)) return (0, 0);
        bool freeK = plane == SlicePlane.Ji, freeJ = plane == SlicePlane.Ki;
        int[]? fill = labels.Count == 1 ? null : NeighbourLabels(map, runs, isOpen, labels, freeK, freeJ);
        return map.IsWide
            ? Paint(map.Words, grid, runs, isOpen, overAny, labels[0], fill)
            : Paint(map.Bytes, grid, runs, isOpen, overAny, labels[0], fill);
    }

    /// <summary>Which components of gaps touch what is open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool[] Open(RunTable runs, OpenGaps gaps)
    {
        bool[] isOpen = new bool[runs.Sizes.Length];
        for (int row = 0; row < runs.Rows; row++)
            for (int run = runs.RowStart(row), last = runs.RowStart(row + 1); run < last; run++)
                isOpen[runs.ComponentOf(run)] = isOpen[runs.ComponentOf(run)] || gaps.Reaches(row, runs.Start(run), runs.End(run));
        return isOpen;
    }

    /// <summary>For each hole the region's label that shares most faces with it.</summary>
    private static int[] NeighbourLabels(LabelMap map, RunTable runs, bool[] isOpen, IReadOnlyList<int> labels, bool freeK, bool freeJ)
    {
        GridSize grid = map.Geometry.Grid;
        int[] region = [.. labels.Distinct().Order()], holeOf = new int[isOpen.Length];
        int holes = 0, plane = grid.Height * grid.Width;
        for (int n = 0; n < isOpen.Length; n++) holeOf[n] = isOpen[n] ? -1 : holes++;
        int[] faces = new int[checked(holes * region.Length)];
        for (int row = 0; row < runs.Rows; row++)
            for (int run = runs.RowStart(row); run < runs.RowStart(row + 1); run++)
            {
                if (isOpen[runs.ComponentOf(run)]) continue;
                Span<int> counts = faces.AsSpan(holeOf[runs.ComponentOf(run)] * region.Length, region.Length);
                for (int n = row * grid.Width + runs.Start(run), end = row * grid.Width + runs.End(run); n < end; n++)
                {
                    Count(counts, n - 1);
                    Count(counts, n + 1);
                    if (!freeJ) Count(counts, n - grid.Width);
                    if (!freeJ) Count(counts, n + grid.Width);
                    if (!freeK) Count(counts, n - plane);
                    if (!freeK) Count(counts, n + plane);
                }
            }
        for (int n = 0; n < holeOf.Length; n++)
            if (holeOf[n] >= 0) holeOf[n] = Most(faces.AsSpan(holeOf[n] * region.Length, region.Length));
        return holeOf;

        void Count(Span<int> counts, int neighbour)
        {
            int place = Array.BinarySearch(region, map.IsWide ? map.Words[neighbour] : map.Bytes[neighbour]);
            if (place >= 0) counts[place]++;
        }

        int Most(ReadOnlySpan<int> counts)
        {
            int best = 0;
            for (int place = 1; place < counts.Length; place++)
                if (counts[place] > counts[best]) best = place;
            return region[best];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (long Holes, long Voxels) Paint<T>(
        Span<T> voxels, GridSize grid, RunTable runs, bool[] isOpen, bool overAny, int label, int[]? labelOf) where T : unmanaged, IBinaryInteger<T>
    {
        bool[] isFilled = new bool[isOpen.Length];
        long filled = 0;
        for (int row = 0; row < runs.Rows; row++)
            for (int run = runs.RowStart(row), last = runs.RowStart(row + 1); run < last; run++)
            {
                int component = runs.ComponentOf(run);
                if (isOpen[component]) continue;
                Span<T> voxelsOfRun = voxels.Slice(row * grid.Width + runs.Start(run), runs.End(run) - runs.Start(run));
                int changed = overAny ? voxelsOfRun.Length : voxelsOfRun.Count(T.Zero);
                if (changed == 0) continue;
                isFilled[component] = true;
                filled += changed;
                T to = T.CreateTruncating(labelOf is null ? label : labelOf[component]);
                if (changed == voxelsOfRun.Length) voxelsOfRun.Fill(to);
                else voxelsOfRun.Replace(T.Zero, to);
            }
        return (isFilled.LongCount(one => one), filled);
    }

    private static LabelMap SwapJI(LabelMap map) =>
        Resampling.LabelResampler.Nearest(map, new Geometry.AxisOrientation(0, false, 2, false, 1, false).Apply(map.Geometry));
}
