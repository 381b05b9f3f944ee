namespace MedISeg.Imaging.Resampling;

/// <summary>How one target axis runs through the source: source index = Offset + Scale * target index.</summary>
/// <param name="SourceAxis">Source axis that the target axis is parallel to: 0 = k, 1 = j, 2 = i.</param>
/// <param name="Scale">Source voxels a target voxel; negative where the axes run against each other; never 0.</param>
/// <param name="Offset">Continuous source index of target index 0.</param>
public readonly record struct AxisMap(int SourceAxis, double Scale, double Offset);
