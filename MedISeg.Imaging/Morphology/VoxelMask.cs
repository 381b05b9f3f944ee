using System.Numerics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>One bit a voxel; each row (k, j) begins a word of 64. Bits behind a row's end are 0.</summary>
internal sealed class VoxelMask
{
    private readonly ulong[] _words;

    /// <summary>A mask of zeros.</summary>
    public VoxelMask(GridSize grid)
    {
        Grid = grid;
        RowWords = (grid.Width + MaskKernels.WordBits - 1) / MaskKernels.WordBits;
        Rows = checked(grid.Depth * grid.Height);
        _words = new ulong[checked(Rows * RowWords)];
    }

    /// <summary>Extent.</summary>
    public GridSize Grid { get; }

    /// <summary>Number of rows: depth x height.</summary>
    public int Rows { get; }

    /// <summary>Words of a row.</summary>
    public int RowWords { get; }

    /// <summary>Words of row k * height + j.</summary>
    public Span<ulong> this[int row] => _words.AsSpan(row * RowWords, RowWords);

    /// <summary>The voxels of some labels.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="labels">Labels of at least 0.</param>
    /// <param name="outside">Take all other voxels instead.</param>
    public static VoxelMask Of(LabelMap map, IReadOnlyList<int> labels, bool outside = false)
    {
        VoxelMask mask = new(map.Geometry.Grid);
        int slabs = Slabs.CountFor(mask.Grid.VoxelCount);
        if (map.IsWide)
        {
            LabelRanges<ushort> ranges = LabelRanges<ushort>.Of(labels);
            Slabs.Run(mask.Rows, slabs, (from, to) => mask.Set<ushort>(map.Words, ranges, outside, from, to));
        }
        else
        {
            LabelRanges<byte> ranges = LabelRanges<byte>.Of(labels);
            Slabs.Run(mask.Rows, slabs, (from, to) => mask.Set<byte>(map.Bytes, ranges, outside, from, to));
        }
        return mask;
    }

    private void Set<T>(ReadOnlySpan<T> voxels, LabelRanges<T> ranges, bool outside, int from, int to)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        for (int row = from; row < to; row++)
        {
            MaskKernels.Members(voxels, row * Grid.Width, Grid.Width, ranges, this[row]);
            if (outside) MaskKernels.Invert(Grid.Width, this[row]);
        }
    }
}
