using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>One bit a voxel; each row (k, j) begins a word of 64. Bits behind a row's end are 0.</summary>
/// <remarks>The words are rented: a mask lives as long as one operation, and operations follow each other.</remarks>
internal sealed class VoxelMask : IDisposable
{
    private ulong[] _words;

    /// <summary>A mask whose bits are yet to be written.</summary>
    public VoxelMask(GridSize grid)
    {
        Grid = grid;
        RowWords = (grid.Width + MaskKernels.WordBits - 1) / MaskKernels.WordBits;
        Rows = checked(grid.Depth * grid.Height);
        RunCounts = new int[checked(Rows + 1)];
        _words = ArrayPool<ulong>.Shared.Rent(checked(Rows * RowWords));
    }

    /// <summary>Most bytes of a mask: what is rented may be twice what is asked for.</summary>
    public static long Bytes(GridSize grid)
    {
        long rows = (long)grid.Depth * grid.Height;
        return 2 * rows * ((grid.Width + MaskKernels.WordBits - 1) / MaskKernels.WordBits) * sizeof(ulong) + (rows + 1) * sizeof(int);
    }

    /// <summary>Extent.</summary>
    public GridSize Grid { get; }

    /// <summary>Number of rows: depth x height.</summary>
    public int Rows { get; }

    /// <summary>Words of a row.</summary>
    public int RowWords { get; }

    /// <summary>Runs of each row, and a place more.</summary>
    public int[] RunCounts { get; }

    /// <summary>Words of row k * height + j.</summary>
    public Span<ulong> this[int row] => _words.AsSpan(row * RowWords, RowWords);

    /// <summary>The voxels of some labels.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="labels">Labels of at least 0.</param>
    /// <param name="slabs">Slabs for threads.</param>
    public static VoxelMask Of(LabelMap map, IReadOnlyList<int> labels, int slabs)
    {
        VoxelMask mask = new(map.Geometry.Grid);
        if (map.IsWide)
        {
            LabelRanges<ushort> ranges = LabelRanges<ushort>.Of(labels);
            Slabs.Run(mask.Rows, slabs, (from, to) => mask.Set<ushort>(map.Words, ranges, from, to));
        }
        else
        {
            LabelRanges<byte> ranges = LabelRanges<byte>.Of(labels);
            Slabs.Run(mask.Rows, slabs, (from, to) => mask.Set<byte>(map.Bytes, ranges, from, to));
        }
        return mask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_words.Length > 0) ArrayPool<ulong>.Shared.Return(_words);
        _words = [];
    }

    // Optimised at once, here and in the kernels: a service may do this once only.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Set<T>(ReadOnlySpan<T> voxels, LabelRanges<T> ranges, int from, int to) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int row = from; row < to; row++)
        {
            Span<ulong> words = this[row];
            MaskKernels.Members(voxels, row * Grid.Width, Grid.Width, ranges, words);
            RunCounts[row] = RunKernels.Count(words);
        }
    }
}
