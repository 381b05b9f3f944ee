using System.Buffers;
using System.Runtime.InteropServices;

namespace MedISeg.Imaging.Volumes;

/// <summary>A block of voxels of a grid.</summary>
/// <param name="Start">First voxel.</param>
/// <param name="Size">Extent, each side at least 1.</param>
public readonly record struct VoxelBox(VoxelIndex Start, GridSize Size)
{
    /// <summary>First place behind the box along an axis: 0 = k, 1 = j, 2 = i.</summary>
    public int End(int axis) => Start[axis] + Size[axis];

    /// <summary>Place in the grid's array of the first voxel of a row of the box.</summary>
    /// <param name="grid">The grid that the box lies in.</param>
    /// <param name="k">Plane within the box.</param>
    /// <param name="j">Row within the plane.</param>
    public int Row(GridSize grid, int k, int j) => (int)grid.Offset(Start.K + k, Start.J + j, Start.I);

    /// <summary>The box of all voxels of a grid.</summary>
    public static VoxelBox Whole(GridSize grid) => new(default, grid);

    /// <summary>The box with its faces across an axis moved, at most to the grid's.</summary>
    /// <param name="axis">0 = k, 1 = j, 2 = i.</param>
    /// <param name="before">Voxels that the first face moves towards 0, at least 0.</param>
    /// <param name="behind">Voxels that the last face moves towards the end, at least 0.</param>
    /// <param name="grid">The grid that the box lies in.</param>
    public VoxelBox Widen(int axis, int before, int behind, GridSize grid)
    {
        int from = Math.Max(0, Start[axis] - before), to = (int)Math.Min(grid[axis], (long)End(axis) + behind);
        return new VoxelBox(Start.With(axis, from), Size.With(axis, to - from));
    }

    /// <summary>The smallest box that holds every voxel of some labels; null where there is none.</summary>
    /// <param name="map">The label map.</param>
    /// <param name="labels">Labels in [0, 65535]; one that the map cannot hold has no voxel.</param>
    public static VoxelBox? Of(LabelMap map, IReadOnlyList<int> labels)
    {
        GridSize grid = map.Geometry.Grid;
        SearchValues<byte> bytes = SearchValues.Create([.. labels.Where(label => label <= byte.MaxValue).Select(label => (byte)label)]);
        SearchValues<char> words = SearchValues.Create([.. labels.Select(label => (char)label)]);
        int k0 = int.MaxValue, k1 = -1, j0 = int.MaxValue, j1 = -1, i0 = int.MaxValue, i1 = -1;
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
            {
                int at = (int)grid.Offset(k, j, 0), first, last;
                if (map.IsWide)
                {
                    ReadOnlySpan<char> row = MemoryMarshal.Cast<ushort, char>(map.Words.Slice(at, grid.Width));
                    (first, last) = (row.IndexOfAny(words), row.LastIndexOfAny(words));
                }
                else
                {
                    ReadOnlySpan<byte> row = map.Bytes.Slice(at, grid.Width);
                    (first, last) = (row.IndexOfAny(bytes), row.LastIndexOfAny(bytes));
                }
                if (first < 0) continue;
                (k0, k1) = (Math.Min(k0, k), Math.Max(k1, k));
                (j0, j1) = (Math.Min(j0, j), Math.Max(j1, j));
                (i0, i1) = (Math.Min(i0, first), Math.Max(i1, last));
            }
        return k1 < 0 ? null : new VoxelBox(new VoxelIndex(k0, j0, i0), new GridSize(k1 - k0 + 1, j1 - j0 + 1, i1 - i0 + 1));
    }
}
