namespace MedISeg.Imaging.Volumes;

/// <summary>Place of a voxel, order (k, j, i), zero-based.</summary>
public readonly record struct VoxelIndex(int K, int J, int I);
