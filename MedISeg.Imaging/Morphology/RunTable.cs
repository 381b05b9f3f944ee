using System.Numerics;
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

    private RunTable(GridSize grid)
    {
        _grid = grid;
        _rowStart = new int[checked(grid.Depth * grid.Height) + 1];
    }

    /// <summary>Voxels of each component, in raster order of first voxels.</summary>
    public int[] Sizes { get; private set; } = [];

    /// <summary>Key of each component; null: there is one key only.</summary>
    public ushort[]? Keys { get; private set; }

    /// <summary>Number of rows.</summary>
    public int Rows => _rowStart.Length - 1;

    /// <summary>First run of row k * height + j; runs of a row are consecutive. That of the row behind the last one is the number of runs.</summary>
    public int RowStart(int row) => _rowStart[row];

    /// <summary>First column of a run.</summary>
    public int Start(int run) => _bounds[2 * run];

    /// <summary>Column behind the last one of a run.</summary>
    public int End(int run) => _bounds[2 * run + 1];

    /// <summary>Component of a run, from 0 in raster order of first voxels.</summary>
    public int ComponentOf(int run) => _component[run];

    /// <summary>The components of a mask.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="adjacency">Which rows' runs are neighbours.</param>
    /// <param name="slabs">Slabs for threads; 0: as the machine has.</param>
    public static RunTable Of(VoxelMask mask, RowAdjacency adjacency, int slabs = 0)
    {
        RunTable table = new(mask.Grid);
        slabs = slabs == 0 ? Slabs.CountFor(mask.Grid.VoxelCount) : slabs;
        Slabs.Run(table.Rows, slabs, (from, to) =>
        {
            for (int row = from; row < to; row++) table._rowStart[row + 1] = RunKernels.Count(mask[row]);
        });
        table.Allocate(keyed: false);
        Slabs.Run(table.Rows, slabs, (from, to) => table.Fill(from, to, adjacency, row => RunKernels.Cut(mask[row], mask.Grid.Width, table.BoundsOf(row))));
        table.Finish(slabs, adjacency);
        return table;
    }

    /// <summary>The components of labels with keys; voxels of different keys are never connected.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="keys">Key of each label that the map can hold; voxels of key 0 belong to no run.</param>
    /// <param name="adjacency">Which rows' runs are neighbours.</param>
    /// <param name="slabs">Slabs for threads; 0: as the machine has.</param>
    public static RunTable Of(LabelMap map, ushort[] keys, RowAdjacency adjacency, int slabs = 0) => map.IsWide
        ? Of(map, static m => m.Words, keys, adjacency, slabs)
        : Of(map, static m => m.Bytes, keys, adjacency, slabs);

    private static RunTable Of<T>(LabelMap map, Func<LabelMap, Span<T>> voxelsOf, ushort[] keys, RowAdjacency adjacency, int slabs)
        where T : unmanaged, IBinaryInteger<T>
    {
        VoxelMask edges = new(map.Geometry.Grid);
        int width = edges.Grid.Width;
        RunTable table = new(edges.Grid);
        slabs = slabs == 0 ? Slabs.CountFor(edges.Grid.VoxelCount) : slabs;
        Slabs.Run(table.Rows, slabs, (from, to) =>
        {
            ReadOnlySpan<T> voxels = voxelsOf(map);
            for (int row = from; row < to; row++)
            {
                MaskKernels.Changes(voxels, row * width, width, edges[row]);
                table._rowStart[row + 1] = RunKernels.KeepKeyChanges(voxels.Slice(row * width, width), keys, edges[row]);
            }
        });
        table.Allocate(keyed: true);
        Slabs.Run(table.Rows, slabs, (from, to) => table.Fill(from, to, adjacency, row => RunKernels.Cut<T>(
            voxelsOf(map).Slice(row * width, width), keys, edges[row], table.BoundsOf(row),
            table._key.AsSpan(table._rowStart[row], table._rowStart[row + 1] - table._rowStart[row]))));
        table.Finish(slabs, adjacency);
        return table;
    }

    private Span<int> BoundsOf(int row) => _bounds.AsSpan(2 * _rowStart[row], 2 * (_rowStart[row + 1] - _rowStart[row]));

    private void Allocate(bool keyed)
    {
        for (int row = 0; row < Rows; row++) _rowStart[row + 1] = checked(_rowStart[row] + _rowStart[row + 1]);
        _bounds = GC.AllocateUninitializedArray<int>(checked(2 * _rowStart[Rows]));
        _component = GC.AllocateUninitializedArray<int>(_rowStart[Rows]);
        if (keyed) _key = GC.AllocateUninitializedArray<ushort>(_rowStart[Rows]);
    }

    private unsafe void Fill(int from, int to, RowAdjacency adjacency, Action<int> cut)
    {
        fixed (int* bounds = _bounds, parent = _component)
        fixed (ushort* key = _key)
        {
            for (int row = from; row < to; row++)
            {
                cut(row);
                for (int run = _rowStart[row]; run < _rowStart[row + 1]; run++) parent[run] = run;
                JoinRow(bounds, key, parent, row, from, row, adjacency);
            }
        }
    }

    private unsafe void Finish(int slabs, RowAdjacency adjacency)
    {
        fixed (int* bounds = _bounds, parent = _component)
        fixed (ushort* key = _key)
        {
            for (int slab = 1; slab < slabs; slab++)
            {
                int seam = Slabs.Start(Rows, slabs, slab), to = Math.Min(Slabs.Start(Rows, slabs, slab + 1), seam + _grid.Height + 1);
                for (int row = seam; row < to; row++) JoinRow(bounds, key, parent, row, 0, seam, adjacency);
            }
        }
        Number();
    }

    /// <summary>Joins a row's runs with those of its neighbours among the rows [from, to), all of them earlier.</summary>
    private unsafe void JoinRow(int* bounds, ushort* key, int* parent, int row, int from, int to, RowAdjacency adjacency)
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
            if (key is null) RunKernels.Join(bounds, parent, first, last, _rowStart[earlier], _rowStart[earlier + 1], apart);
            else RunKernels.Join(bounds, key, parent, first, last, _rowStart[earlier], _rowStart[earlier + 1], apart);
        }
    }

    /// <summary>Replaces parents by component numbers and counts voxels; a parent always comes before its children.</summary>
    private void Number()
    {
        int components = 0;
        for (int run = 0; run < _component.Length; run++)
            if (_component[run] == run) components++;
        Sizes = new int[components];
        if (_key is not null) Keys = new ushort[components];
        components = 0;
        for (int run = 0; run < _component.Length; run++)
        {
            int parent = _component[run], component = parent == run ? components++ : _component[parent];
            _component[run] = component;
            Sizes[component] += End(run) - Start(run);
            if (Keys is not null) Keys[component] = _key![run];
        }
    }
}
