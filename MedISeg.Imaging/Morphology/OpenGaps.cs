using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>The gaps between a row's voxels of a region, without those that are open for sure: few are left to be joined to components.</summary>
/// <remarks>What lies before a row's first voxel of the region or behind its last one is open. So is a gap in a border row, and one that touches
/// what is open in a row beside it. A sweep down and one up find most of these, 64 voxels at a time; those that wind more stay, and
/// <see cref="Reaches"/> tells of their components. Threads sweep slabs that do not see each other, so what stays depends on their
/// number, but not what is open in the end.</remarks>
internal sealed class OpenGaps : IDisposable
{
    private readonly RowAdjacency _adjacency;
    private readonly bool _freeK, _freeJ;
    private readonly bool[] _hadGaps;

    /// <summary>First column of a row's region, and the column behind the last one; (width, 0) where there is none.</summary>
    private (int First, int End)[] _spans;

    /// <summary>Open voxels of the rows that had gaps; of all others the span says it.</summary>
    private ulong[] _open;

    private OpenGaps(GridSize grid, RowAdjacency adjacency, SlicePlane? plane)
    {
        _adjacency = adjacency;
        (_freeK, _freeJ) = (plane == SlicePlane.Ji, plane == SlicePlane.Ki);
        Closed = new VoxelMask(grid);
        _hadGaps = new bool[Closed.Rows];
        _spans = ArrayPool<(int, int)>.Shared.Rent(Closed.Rows);
        _open = ArrayPool<ulong>.Shared.Rent(checked(Closed.Rows * Closed.RowWords));
    }

    /// <summary>The gaps that may be closed, with the number of runs of each row; bits of rows without one are not to be read.</summary>
    public VoxelMask Closed { get; }

    /// <summary>Most bytes of one: what is rented may be twice what is asked for.</summary>
    public static long Bytes(GridSize grid) => 2 * VoxelMask.Bytes(grid) + (long)grid.Depth * grid.Height * (4 * sizeof(int) + sizeof(bool));

    /// <summary>The gaps of a region.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="labels">Labels of the region, at least 0.</param>
    /// <param name="adjacency">Which voxels outside the region are neighbours.</param>
    /// <param name="plane">Whose slices stand alone; null: none.</param>
    /// <param name="slabs">Slabs for threads.</param>
    public static OpenGaps Of(LabelMap map, IReadOnlyList<int> labels, RowAdjacency adjacency, SlicePlane? plane, int slabs)
    {
        OpenGaps gaps = new(map.Geometry.Grid, adjacency, plane);
        if (map.IsWide)
        {
            LabelRanges<ushort> ranges = LabelRanges<ushort>.Of(labels);
            Slabs.Run(gaps.Closed.Rows, slabs, (from, to) => gaps.Sweep<ushort>(map.Words, ranges, from, to));
        }
        else
        {
            LabelRanges<byte> ranges = LabelRanges<byte>.Of(labels);
            Slabs.Run(gaps.Closed.Rows, slabs, (from, to) => gaps.Sweep<byte>(map.Bytes, ranges, from, to));
        }
        return gaps;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_open.Length == 0) return;
        ArrayPool<ulong>.Shared.Return(_open);
        ArrayPool<(int, int)>.Shared.Return(_spans);
        (_open, _spans) = ([], []);
        Closed.Dispose();
    }

    /// <summary>Whether a gap of <see cref="Closed"/> touches what is open.</summary>
    /// <param name="row">Row k * height + j.</param>
    /// <param name="start">First column.</param>
    /// <param name="end">Column behind the last one.</param>
    public bool Reaches(int row, int start, int end)
    {
        // No border row has such a gap: all these rows are there.
        int h = Closed.Grid.Height;
        return Touches(row - 1, _adjacency.Above) || Touches(row + 1, _adjacency.Above) || Touches(row - h, _adjacency.Behind) || Touches(row + h, _adjacency.Behind)
            || Touches(row - h - 1, _adjacency.Diagonal) || Touches(row - h + 1, _adjacency.Diagonal)
            || Touches(row + h - 1, _adjacency.Diagonal) || Touches(row + h + 1, _adjacency.Diagonal);

        bool Touches(int other, int apart) => apart >= 0
            && (start - apart < _spans[other].First || end + apart > _spans[other].End || (_hadGaps[other] && MaskKernels.Any(Open(other), start - apart, end + apart)));
    }

    private Span<ulong> Open(int row) => _open.AsSpan(row * Closed.RowWords, Closed.RowWords);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep<T>(ReadOnlySpan<T> voxels, LabelRanges<T> ranges, int from, int to) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int width = Closed.Grid.Width;
        int[] counts = Closed.RunCounts;
        Span<ulong> bits = new ulong[Closed.RowWords], seeds = new ulong[Closed.RowWords];
        for (int row = from; row < to; row++)
        {
            MaskKernels.Members(voxels, row * width, width, ranges, bits);
            // Most rows of an organ's map are empty, and few of the others have gaps: only these take memory's time.
            int runs = bits.ContainsAnyExcept(0UL) ? RunKernels.Count(bits) : 0;
            if (runs < 2)
            {
                counts[row] = 0;
                _spans[row] = runs == 0 ? (width, 0) : RunKernels.Span(bits);
                continue;
            }
            _hadGaps[row] = true;
            (int first, int end) = _spans[row] = RunKernels.KeepGaps(bits);
            Span<ulong> open = Open(row);
            open.Clear();
            MaskKernels.AddOutside(first, end, open, 0, open.Length - 1);
            counts[row] = SweepRow(row, from, row, bits, seeds);
            if (counts[row] > 0) bits.CopyTo(Closed[row]);
        }
        for (int row = to - 1; row >= from; row--)
            if (counts[row] > 0) counts[row] = SweepRow(row, from, to, Closed[row], seeds);
    }

    /// <summary>Takes the gaps off a row that touch what is open in rows of [from, to).</summary>
    /// <returns>Gaps that stay.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int SweepRow(int row, int from, int to, Span<ulong> gaps, Span<ulong> seeds)
    {
        int h = Closed.Grid.Height, k = row / h, j = row - k * h;
        int first = _spans[row].First / MaskKernels.WordBits, last = (_spans[row].End - 1) / MaskKernels.WordBits;
        if ((!_freeK && (k == 0 || k == Closed.Grid.Depth - 1)) || (!_freeJ && (j == 0 || j == h - 1))) seeds.Fill(ulong.MaxValue);
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
        return RunKernels.MoveSeeded(gaps, seeds, Open(row), first, last);

        void Add(Span<ulong> sum, int other, int apart)
        {
            if (apart < 0 || other < from || other >= to) return;
            if (_hadGaps[other]) MaskKernels.AddGrown(Open(other), apart, sum, first, last);
            else MaskKernels.AddOutside(_spans[other].First + apart, _spans[other].End - apart, sum, first, last);
        }
    }
}
