using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Fills background that a region encloses.</summary>
/// <remarks>
/// As scipy.ndimage.binary_fill_holes on the region's mask: a hole is a component of everything outside the region (background and other
/// labels alike) that does not touch the border of the grid. Of a hole only the voxels of label 0 are filled, never another label. So
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
    /// <returns>Holes with a voxel that was filled, and the number of these voxels.</returns>
    /// <exception cref="ArgumentException">Not a connectivity of such a map, no label, or a label below 1.</exception>
    public static (long Holes, long Voxels) Fill(LabelMap map, IReadOnlyList<int> labels, int connectivity, SlicePlane? plane)
    {
        if (labels.Count == 0 || labels.Any(label => label < 1)) throw new ArgumentException("Labels above 0 are needed.", nameof(labels));
        if (plane != SlicePlane.Kj) return FillRows(map, labels, connectivity, plane);
        LabelMap turned = SwapJI(map);
        (long Holes, long Voxels) filled = FillRows(turned, labels, connectivity, SlicePlane.Ki);
        if (filled.Voxels == 0) return filled;
        LabelMap back = SwapJI(turned);
        if (map.IsWide) back.Words.CopyTo(map.Words);
        else back.Bytes.CopyTo(map.Bytes);
        return filled;
    }

    private static (long Holes, long Voxels) FillRows(LabelMap map, IReadOnlyList<int> labels, int connectivity, SlicePlane? plane)
    {
        GridSize grid = map.Geometry.Grid;
        bool planar = grid.Depth == 1;
        if (!Connectivity.IsValid(connectivity, planar || plane is not null)) throw Connectivity.Invalid(connectivity);
        int outside = Connectivity.Complement(connectivity);
        RowAdjacency adjacency = plane is { } slices ? RowAdjacency.InSlices(outside, slices) : RowAdjacency.Of(outside, planar);

        ushort[] keys = new ushort[map.IsWide ? 1 << 16 : 1 << 8];
        keys.AsSpan().Fill(1);
        foreach (int label in labels.Where(label => label < keys.Length)) keys[label] = 0;
        ComponentMap found = ConnectedComponents.Label(map, keys, adjacency);

        bool freeK = plane == SlicePlane.Ji || (planar && plane is null), freeJ = plane == SlicePlane.Ki;
        bool[] isHole = [.. found.Components.Select(c =>
            (freeK || (c.BoxFirst.K > 0 && c.BoxLast.K < grid.Depth - 1))
            && (freeJ || (c.BoxFirst.J > 0 && c.BoxLast.J < grid.Height - 1))
            && c.BoxFirst.I > 0 && c.BoxLast.I < grid.Width - 1)];
        if (!isHole.Contains(true)) return (0, 0);
        int[] fill = labels.Count == 1 ? [.. isHole.Select(_ => labels[0])] : NeighbourLabels(map, found, isHole, keys, freeK, freeJ);
        return Paint(map, found, isHole, fill);
    }

    /// <summary>For each hole the region's label that shares most faces with it.</summary>
    private static int[] NeighbourLabels(LabelMap map, ComponentMap found, bool[] isHole, ushort[] keys, bool freeK, bool freeJ)
    {
        GridSize grid = map.Geometry.Grid;
        SortedDictionary<int, long>?[] faces = new SortedDictionary<int, long>?[isHole.Length];
        found.ForRuns((component, offset, length) =>
        {
            if (!isHole[component]) return;
            SortedDictionary<int, long> counts = faces[component] ??= [];
            int plane = grid.Height * grid.Width;
            for (int n = offset; n < offset + length; n++)
            {
                Count(n - 1);
                Count(n + 1);
                if (!freeJ) Count(n - grid.Width);
                if (!freeJ) Count(n + grid.Width);
                if (!freeK) Count(n - plane);
                if (!freeK) Count(n + plane);
            }

            void Count(int neighbour)
            {
                int label = map.IsWide ? map.Words[neighbour] : map.Bytes[neighbour];
                if (keys[label] == 0) counts[label] = counts.GetValueOrDefault(label) + 1;
            }
        });
        return [.. faces.Select(counts => counts is null ? 0 : counts.MaxBy(pair => pair.Value).Key)];
    }

    private static (long Holes, long Voxels) Paint(LabelMap map, ComponentMap found, bool[] isHole, int[] fill)
    {
        long[] filled = new long[isHole.Length];
        found.ForRuns((component, offset, length) =>
        {
            if (!isHole[component]) return;
            if (map.IsWide)
            {
                Span<ushort> run = map.Words.Slice(offset, length);
                filled[component] += run.Count((ushort)0);
                run.Replace((ushort)0, (ushort)fill[component]);
            }
            else
            {
                Span<byte> run = map.Bytes.Slice(offset, length);
                filled[component] += run.Count((byte)0);
                run.Replace((byte)0, (byte)fill[component]);
            }
        });
        return (filled.LongCount(count => count > 0), filled.Sum());
    }

    private static LabelMap SwapJI(LabelMap map) =>
        Resampling.LabelResampler.Nearest(map, new Geometry.AxisOrientation(0, false, 2, false, 1, false).Apply(map.Geometry));
}
