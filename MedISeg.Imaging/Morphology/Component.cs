using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>One connected component.</summary>
/// <param name="Number">From 1, in raster order (k, j, i) of the first voxels.</param>
/// <param name="Label">Its label; of a joint region the first label that was asked for.</param>
/// <param name="Size">Voxels.</param>
/// <param name="First">First voxel in raster order.</param>
/// <param name="BoxFirst">Smallest index along each axis.</param>
/// <param name="BoxLast">Largest index along each axis, included.</param>
public readonly record struct Component(int Number, int Label, long Size, VoxelIndex First, VoxelIndex BoxFirst, VoxelIndex BoxLast);
