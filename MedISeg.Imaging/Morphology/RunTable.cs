using System.Numerics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Rows cut into runs of one key, joined to components by union-find on runs: linear time, no label volume.</summary>
internal sealed class RunTable
{
    private readonly GridSize _grid;
    private readonly int[] _rowStart;
    private int[] _start = new int[256], _end = new int[256], _component = new int[256];
    private ushort[] _key = new ushort[256];
    private int _count;

    private RunTable(GridSize grid)
    {
        _grid = grid;
        _rowStart = new int[checked(grid.Depth * grid.Height) + 1];
    }

    /// <summary>Number of runs.</summary>
    public int Count => _count;

    /// <summary>First run of row (k, j); runs of a row are consecutive, up to <see cref="RowEnd"/>.</summary>
    public int RowStart(int k, int j) => _rowStart[k * _grid.Height + j];

    /// <summary>Run behind the last one of row (k, j).</summary>
    public int RowEnd(int k, int j) => _rowStart[k * _grid.Height + j + 1];

    /// <summary>First column of a run.</summary>
    public int Start(int run) => _start[run];

    /// <summary>Column behind the last one of a run.</summary>
    public int End(int run) => _end[run];

    /// <summary>Component of a run, from 0 in raster order of first voxels.</summary>
    public int ComponentOf(int run) => _component[run];

    /// <summary>Cuts and joins.</summary>
    /// <param name="voxels">Row-major (k, j, i).</param>
    /// <param name="grid">Their extent.</param>
    /// <param name="keys">Key of each label; voxels of key 0 belong to no run, others join voxels of the same key.</param>
    /// <param name="adjacency">Which rows' runs are neighbours.</param>
    public static RunTable Build<T>(ReadOnlySpan<T> voxels, GridSize grid, ReadOnlySpan<ushort> keys, RowAdjacency adjacency)
        where T : unmanaged, IBinaryInteger<T>
    {
        RunTable table = new(grid);
        for (int k = 0, row = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++, row++)
            {
                table.Cut(voxels.Slice((int)grid.Offset(k, j, 0), grid.Width), keys);
                table._rowStart[row + 1] = table._count;
                if (j > 0) table.Join(row, row - 1, adjacency.Above);
                if (k == 0) continue;
                table.Join(row, row - grid.Height, adjacency.Behind);
                if (j > 0) table.Join(row, row - grid.Height - 1, adjacency.Diagonal);
                if (j + 1 < grid.Height) table.Join(row, row - grid.Height + 1, adjacency.Diagonal);
            }
        table.Number();
        return table;
    }

    private void Cut<T>(ReadOnlySpan<T> row, ReadOnlySpan<ushort> keys) where T : unmanaged, IBinaryInteger<T>
    {
        int first = _count;
        for (int at = 0; at < row.Length;)
        {
            T value = row[at];
            int length = row[at..].IndexOfAnyExcept(value);
            int end = length < 0 ? row.Length : at + length;
            ushort key = keys[int.CreateTruncating(value)];
            if (key != 0)
            {
                if (_count > first && _end[_count - 1] == at && _key[_count - 1] == key) _end[_count - 1] = end;
                else Add(at, end, key);
            }
            at = end;
        }
    }

    private void Add(int start, int end, ushort key)
    {
        if (_count == _start.Length)
        {
            int capacity = checked(2 * _count);
            Array.Resize(ref _start, capacity);
            Array.Resize(ref _end, capacity);
            Array.Resize(ref _component, capacity);
            Array.Resize(ref _key, capacity);
        }
        (_start[_count], _end[_count], _component[_count], _key[_count]) = (start, end, _count, key);
        _count++;
    }

    /// <summary>Joins neighbouring runs of two rows by two pointers.</summary>
    private void Join(int row, int earlier, int apart)
    {
        if (apart < 0) return;
        int a = _rowStart[row], lastA = _rowStart[row + 1], b = _rowStart[earlier], lastB = _rowStart[earlier + 1];
        while (a < lastA && b < lastB)
        {
            JoinIfNear(a, b, apart);
            // Runs of different keys may follow without a gap, so at equal ends both cross pairs can be neighbours.
            if (_end[a] == _end[b] && b + 1 < lastB) JoinIfNear(a, b + 1, apart);
            if (_end[a] <= _end[b]) a++;
            else b++;
        }
    }

    private void JoinIfNear(int a, int b, int apart)
    {
        if (_key[a] == _key[b] && _start[a] < _end[b] + apart && _start[b] < _end[a] + apart) Union(a, b);
    }

    private void Union(int a, int b)
    {
        (a, b) = (Root(a), Root(b));
        // The lower run is the root, so that roots come in raster order of first voxels.
        if (a < b) _component[b] = a;
        else _component[a] = b;
    }

    private int Root(int run)
    {
        while (_component[run] != run)
        {
            _component[run] = _component[_component[run]];
            run = _component[run];
        }
        return run;
    }

    /// <summary>Replaces parents by component numbers; a parent always comes before its children.</summary>
    private void Number()
    {
        int components = 0;
        for (int run = 0; run < _count; run++)
            _component[run] = _component[run] == run ? components++ : _component[_component[run]];
    }
}
