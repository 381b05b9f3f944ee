using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>The paper's rules for the place of a patch along one axis.</summary>
/// <remarks>Source: MedISeg at a1ab165, RandomCrop, CenterCrop and SelectedCrop; checked against golden <c>aug3d</c>.</remarks>
internal static class PaperCrop
{
    /// <summary>Zeros added on each side of an axis once any axis is not longer than the patch.</summary>
    public static int Padding(int extent, int side) => Math.Max((int)Math.Floor((side - extent) / 2.0) + 3, 0);

    /// <summary>Whether the published RandomCrop pads an image.</summary>
    public static bool Pads(GridSize grid, GridSize patch) =>
        grid.Depth <= patch.Depth || grid.Height <= patch.Height || grid.Width <= patch.Width;

    /// <summary>Starts that the published RandomCrop draws from: <c>First</c> and the next <c>Count</c> - 1; the last possible one is not among them.</summary>
    public static (int First, int Count) PublishedStarts(int extent, int side, bool pads)
    {
        int padding = pads ? Padding(extent, side) : 0;
        return (-padding, extent + 2 * padding - side);
    }

    /// <summary>Start of the published CenterCrop: halves go to the even number; padded like RandomCrop.</summary>
    public static VoxelIndex Centre(GridSize grid, GridSize patch)
    {
        bool pads = Pads(grid, patch);
        return new VoxelIndex(Start(0), Start(1), Start(2));

        int Start(int axis)
        {
            int padding = pads ? Padding(grid[axis], patch[axis]) : 0;
            return (int)Math.Round((grid[axis] + 2 * padding - patch[axis]) / 2.0, MidpointRounding.ToEven) - padding;
        }
    }

    /// <summary>Start of a patch that is laid at a voxel, which then has the index side / 2 + 1 in it.</summary>
    public static int StartAt(int voxel, int side) => voxel - (side / 2 + 1);
}
