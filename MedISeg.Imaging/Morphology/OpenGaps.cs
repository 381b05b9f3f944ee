using System.Buffers;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Takes off the gaps between a row's voxels of a region those that are open for sure, so that few are left to be joined to components.</summary>
/// <remarks>A gap is open if it lies in a border row, or touches what is open in a row beside it. A sweep down and one up find most of them, 64
/// voxels at a time; those that wind more stay in the mask, and <see cref="Reaches"/> tells of their components. Threads sweep slabs that do not
/// see each other, so what stays depends on their number, but not what is open in the end.</remarks>
internal sealed class OpenGaps : IDisposable
{
    private readonly VoxelMask _gaps;
    private readonly (int First, int End)[] _spans;
    private readonly RowAdjacency _adjacency;
    private readonly bool _freeK, _freeJ;

    /// <summary>Open voxels of the rows that had gaps; of all others the span says it.</summary>
    private ulong[] _open;

    private readonly bool[] _hadGaps;

    /// <summary>Sweeps.</summary>
    /// <param name="gaps">Gaps with the number of runs of each row, as <see cref="VoxelMask.Of"/> makes them; only those that may be closed stay.</param>
    /// <param name="spans">First column of a row's region, and the column behind the last one.</param>
    /// <param name="adjacency">Which voxels outside the region are neighbours.</param>
    /// <param name="plane">Whose slices stand alone; null: none.</param>
    /// <param name="slabs">Slabs for threads.</param>
    public OpenGaps(VoxelMask gaps, (int First, int End)[] spans, RowAdjacency adjacency, SlicePlane? plane, int slabs)
    {
        (_gaps, _spans, _adjacency) = (gaps, spans, adjacency);
        (_freeK, _freeJ) = (plane == SlicePlane.Ji, plane == SlicePlane.Ki);
        _open = ArrayPool<ulong>.Shared.Rent(checked(gaps.Rows * gaps.RowWords));
        _hadGaps = new bool[gaps.Rows];
        Slabs.Run(gaps.Rows, slabs, Sweep);
    }

    /// <summary>Most bytes of one: what is rented may be twice what is asked for.</summary>
    public static long Bytes(GridSize grid) => VoxelMask.Bytes(grid) + (long)grid.Depth * grid.Height * sizeof(bool);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_open.Length > 0) ArrayPool<ulong>.Shared.Return(_open);
        _open = [];
    }

    /// <summary>Whether a gap that stayed touches what is open.</summary>
    /// <param name="row">Row k * height + j, none at the border.</param>
    /// <param name="start">First column.</param>
    /// <param name="end">Column behind the last one.</param>
    public bool Reaches(int row, int start, int end)
    {
        int h = _gaps.Grid.Height;
        return Touches(row - 1, _adjacency.Above) || Touches(row + 1, _adjacency.Above) || Touches(row - h, _adjacency.Behind) || Touches(row + h, _adjacency.Behind)
            || Touches(row - h - 1, _adjacency.Diagonal) || Touches(row - h + 1, _adjacency.Diagonal)
            || Touches(row + h - 1, _adjacency.Diagonal) || Touches(row + h + 1, _adjacency.Diagonal);

        bool Touches(int other, int apart) => apart >= 0
            && (start - apart < _spans[other].First || end + apart > _spans[other].End || (_hadGaps[other] && MaskKernels.Any(Open(other), start - apart, end + apart)));
    }

    private Span<ulong> Open(int row) => _open.AsSpan(row * _gaps.RowWords, _gaps.RowWords);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep(int from, int to)
    {
        Span<ulong> seeds = new ulong[_gaps.RowWords];
        for (int row = from; row < to; row++)
        {
            if (_gaps.RunCounts[row] == 0) continue;
            _hadGaps[row] = true;
            Span<ulong> open = Open(row);
            open.Clear();
            MaskKernels.AddOutside(_spans[row].First, _spans[row].End, open, 0, open.Length - 1);
            SweepRow(row, from, row, seeds);
        }
        for (int row = to - 1; row >= from; row--)
            if (_gaps.RunCounts[row] > 0) SweepRow(row, from, to, seeds);
    }

    /// <summary>Takes the gaps off a row that touch what is open in rows of [from, to).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SweepRow(int row, int from, int to, Span<ulong> seeds)
    {
        int h = _gaps.Grid.Height, k = row / h, j = row - k * h;
        int first = _spans[row].First / MaskKernels.WordBits, last = (_spans[row].End - 1) / MaskKernels.WordBits;
        if ((!_freeK && (k == 0 || k == _gaps.Grid.Depth - 1)) || (!_freeJ && (j == 0 || j == h - 1))) seeds.Fill(ulong.MaxValue);
        else
        {
            seeds.Clear();
            Add(seeds, row - 1, _adjacency.Above);
            Add(seeds, row + 1, _adjacency.Above);
            Add(seeds, row - h, _adjacency.Behind);
            Add(seeds, row + h, _adjacency.Behind);
            if (_adjacency.Diagonal >= 0)
            {
                Add(seeds, row - h - 1, _adjacency.Diagonal);
                Add(seeds, row - h + 1, _adjacency.Diagonal);
                Add(seeds, row + h - 1, _adjacency.Diagonal);
                Add(seeds, row + h + 1, _adjacency.Diagonal);
            }
        }
        _gaps.RunCounts[row] = RunKernels.MoveSeeded(_gaps[row], seeds, Open(row), first, last);

        void Add(Span<ulong> sum, int other, int apart)
        {
            if (apart < 0 || other < from || other >= to) return;
            (int start, int end) = _spans[other];
            if (_hadGaps[other]) MaskKernels.AddGrown(Open(other), apart, sum, first, last);
            else MaskKernels.AddOutside(start + apart, end - apart, sum, first, last);
        }
    }
}
