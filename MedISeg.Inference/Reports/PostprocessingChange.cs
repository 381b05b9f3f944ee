namespace MedISeg.Inference.Reports;

/// <summary>What a post-processor changed.</summary>
/// <param name="Op">Its name.</param>
/// <param name="VoxelsChanged">Voxels whose label changed.</param>
/// <param name="ComponentsChanged">Components removed or holes filled; of morphology and smoothing by how many the components of the labels became
/// more or fewer.</param>
public sealed record PostprocessingChange(string Op, long VoxelsChanged, long ComponentsChanged);
