using System.Numerics;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Rows cut into runs of one key, joined to components by union-find on runs: linear time, no label volume.</summary>
/// <remarks>Threads work on slabs of rows; the seams are joined afterwards. A component's root is its first run, so the result is the same
/// for any number of slabs.</remarks>
internal sealed class RunTable
{
    private readonly GridSize _grid;
    private readonly int[] _rowStart;
    private int[] _bounds = [], _component = [];
    private ushort[]? _key;

    private RunTable(VoxelMask mask)
    {
        _grid = mask.Grid;
        _rowStart = mask.RunCounts;
    }

    /// <summary>Voxels of each component, in raster order of first voxels.</summary>
    public int[] Sizes { get; private set; } = [];

    /// <summary>Key of each component; null: there is one key only.</summary>
    public ushort[]? Keys { get; private set; }

    /// <summary>Number of rows.</summary>
    public int Rows => _rowStart.Length - 1;

    /// <summary>Most runs that a map can have: every other voxel of each row begins one, and with keys every voxel.</summary>
    public static long MostRuns(GridSize grid, bool keyed) => (long)grid.Depth * grid.Height * (keyed ? grid.Width : (grid.Width + 1) / 2);

    /// <summary>Most bytes of a table, each run a component of its own.</summary>
    public static long MostBytes(GridSize grid, bool keyed) =>
        MostRuns(grid, keyed) * (4 * sizeof(int) + (keyed ? 2 * sizeof(ushort) : 0));

    /// <summary>First run of row k * height + j; runs of a row are consecutive. That of the row behind the last one is the number of runs.</summary>
    public int RowStart(int row) => _rowStart[row];

    /// <summary>First column of a run.</summary>
    public int Start(int run) => _bounds[2 * run];

    /// <summary>Column behind the last one of a run.</summary>
    public int End(int run) => _bounds[2 * run + 1];

    /// <summary>Component of a run, from 0 in raster order of first voxels.</summary>
    public int ComponentOf(int run) => _component[run];

    /// <summary>The components of a mask.</summary>
    /// <param name="mask">The mask with the number of runs of each row, which become the table's.</param>
    /// <param name="adjacency">Which rows' runs are neighbours.</param>
    /// <param name="slabs">Slabs for threads.</param>
    public static RunTable Of(VoxelMask mask, RowAdjacency adjacency, int slabs)
    {
        RunTable table = new(mask);
        table.Allocate(keyed: false);
        Slabs.Run(table.Rows, slabs, (from, to) => table.Cut(mask, adjacency, from, to));
        table.JoinSeams(mask, slabs, adjacency);
        table.Number();
        return table;
    }

    /// <summary>The components of labels with keys; voxels of different keys are never connected.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="keys">Key of each label that the map can hold; voxels of key 0 belong to no run.</param>
    /// <param name="adjacency">Which rows' runs are neighbours.</param>
    /// <param name="slabs">Slabs for threads.</param>
    public static RunTable Of(LabelMap map, ushort[] keys, RowAdjacency adjacency, int slabs) => map.IsWide
        ? Of(map, static m => m.Words, keys, adjacency, slabs)
        : Of(map, static m => m.Bytes, keys, adjacency, slabs);

    private static RunTable Of<T>(LabelMap map, Func<LabelMap, Span<T>> voxelsOf, ushort[] keys, RowAdjacency adjacency, int slabs)
        where T : unmanaged, IBinaryInteger<T>
    {
        using VoxelMask edges = new(map.Geometry.Grid);
        RunTable table = new(edges);
        Slabs.Run(table.Rows, slabs, (from, to) => table.Count<T>(voxelsOf(map), keys, edges, from, to));
        table.Allocate(keyed: true);
        Slabs.Run(table.Rows, slabs, (from, to) => table.Cut<T>(voxelsOf(map), keys, edges, adjacency, from, to));
        table.JoinSeams(edges, slabs, adjacency);
        table.Number();
        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Count<T>(ReadOnlySpan<T> voxels, ushort[] keys, VoxelMask edges, int from, int to) where T : unmanaged, IBinaryInteger<T>
    {
        int width = _grid.Width;
        for (int row = from; row < to; row++)
        {
            MaskKernels.Changes(voxels, row * width, width, edges[row]);
            _rowStart[row] = RunKernels.KeepKeyChanges(voxels.Slice(row * width, width), keys, edges[row]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Cut(VoxelMask mask, RowAdjacency adjacency, int from, int to)
    {
        fixed (int* bounds = _bounds, parent = _component)
        {
            for (int row = from; row < to; row++)
            {
                int first = _rowStart[row], count = _rowStart[row + 1] - first;
                if (count == 0) continue;
                RunKernels.Cut(mask[row], _grid.Width, new Span<int>(bounds + 2 * first, 2 * count));
                for (int run = first; run < first + count; run++) parent[run] = run;
                JoinRow(mask, bounds, null, parent, row, from, row, adjacency);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Cut<T>(ReadOnlySpan<T> voxels, ushort[] keys, VoxelMask edges, RowAdjacency adjacency, int from, int to)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = _grid.Width;
        fixed (int* bounds = _bounds, parent = _component)
        fixed (ushort* key = _key)
        {
            for (int row = from; row < to; row++)
            {
                int first = _rowStart[row], count = _rowStart[row + 1] - first;
                if (count == 0) continue;
                RunKernels.Cut(
                    voxels.Slice(row * width, width), keys, edges[row], new Span<int>(bounds + 2 * first, 2 * count), new Span<ushort>(key + first, count));
                for (int run = first; run < first + count; run++) parent[run] = run;
                JoinRow(edges, bounds, key, parent, row, from, row, adjacency);
            }
        }
    }

    /// <summary>Turns the number of runs of each row into places, and makes room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Allocate(bool keyed)
    {
        int count = 0;
        for (int row = 0; row <= Rows; row++)
        {
            int start = count;
            count = checked(count + _rowStart[row]);
            _rowStart[row] = start;
        }
        _bounds = GC.AllocateUninitializedArray<int>(checked(2 * count));
        _component = GC.AllocateUninitializedArray<int>(count);
        if (keyed) _key = GC.AllocateUninitializedArray<ushort>(count);
    }

    private unsafe void JoinSeams(VoxelMask mask, int slabs, RowAdjacency adjacency)
    {
        fixed (int* bounds = _bounds, parent = _component)
        fixed (ushort* key = _key)
        {
            for (int slab = 1; slab < slabs; slab++)
            {
                int seam = Slabs.Start(Rows, slabs, slab), to = Math.Min(Slabs.Start(Rows, slabs, slab + 1), seam + _grid.Height + 1);
                for (int row = seam; row < to; row++) JoinRow(mask, bounds, key, parent, row, 0, seam, adjacency);
            }
        }
    }

    /// <summary>Joins a row's runs with those of its neighbours among the rows [from, to), all of them earlier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void JoinRow(VoxelMask mask, int* bounds, ushort* key, int* parent, int row, int from, int to, RowAdjacency adjacency)
    {
        int first = _rowStart[row], last = _rowStart[row + 1], k = row / _grid.Height, j = row - k * _grid.Height;
        if (first == last) return;
        if (j > 0) JoinWith(row - 1, adjacency.Above);
        if (k == 0) return;
        JoinWith(row - _grid.Height, adjacency.Behind);
        if (j > 0) JoinWith(row - _grid.Height - 1, adjacency.Diagonal);
        if (j + 1 < _grid.Height) JoinWith(row - _grid.Height + 1, adjacency.Diagonal);

        void JoinWith(int earlier, int apart)
        {
            if (apart < 0 || earlier < from || earlier >= to) return;
            int start = _rowStart[earlier], end = _rowStart[earlier + 1];
            if (start == end) return;
            if (key is not null) RunKernels.Join(bounds, key, parent, first, last, start, end, apart);
            else if (last - first + end - start < mask.RowWords) RunKernels.Join(bounds, parent, first, last, start, end, apart);
            else RunKernels.Join(mask[row], mask[earlier], parent, first, start, apart);
        }
    }

    /// <summary>Replaces parents by component numbers and counts voxels; a parent always comes before its children.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Number()
    {
        int components = 0;
        for (int run = 0; run < _component.Length; run++)
            if (_component[run] == run) components++;
        int[] sizes = Sizes = new int[components], bounds = _bounds, component = _component;
        components = 0;
        for (int run = 0; run < component.Length; run++)
        {
            int parent = component[run], number = parent == run ? components++ : component[parent];
            component[run] = number;
            sizes[number] += bounds[2 * run + 1] - bounds[2 * run];
        }
        if (_key is null) return;
        Keys = new ushort[components];
        for (int run = 0; run < component.Length; run++) Keys[component[run]] = _key[run];
    }
}
