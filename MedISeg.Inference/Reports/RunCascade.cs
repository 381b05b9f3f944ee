namespace MedISeg.Inference.Reports;

/// <summary>What the first stage of a cascade did.</summary>
/// <param name="FirstStage">Everything needed to repeat it.</param>
/// <param name="BoxStart">First voxel of the last box on the image's grid, (k, j, i); null: it found nothing, and the second stage did not run.</param>
/// <param name="BoxSize">Extent of the last box in voxels, (k, j, i); null as above.</param>
/// <param name="Widenings">How often the box was widened because the result touched its face.</param>
public sealed record RunCascade(RunRecipe FirstStage, IReadOnlyList<int>? BoxStart, IReadOnlyList<int>? BoxSize, int Widenings);
