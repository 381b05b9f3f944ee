using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Pretraining;

/// <summary>A box of voxels of a patch.</summary>
/// <param name="Start">First voxel.</param>
/// <param name="Size">Extent.</param>
internal readonly record struct VoxelBox(VoxelIndex Start, GridSize Size)
{
    /// <summary>Offset in the patch of the first voxel of a row of the box.</summary>
    /// <param name="patch">Extent of the patch.</param>
    /// <param name="k">Plane within the box.</param>
    /// <param name="j">Row within the plane.</param>
    public int Row(GridSize patch, int k, int j) => (int)patch.Offset(Start.K + k, Start.J + j, Start.I);
}
