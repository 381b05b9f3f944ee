namespace MedISeg.Inference.Reports;

/// <summary>Grids as (k, j, i), spacing in mm.</summary>
/// <param name="SourceSize">Source grid.</param>
/// <param name="SourceSpacingMm">Source spacing.</param>
/// <param name="ModelSize">Grid that the network saw.</param>
/// <param name="ModelSpacingMm">Its spacing.</param>
/// <param name="PatchSize">Patch.</param>
/// <param name="Patches">Number of patch positions.</param>
/// <param name="StreamingAxis">k, j or i.</param>
public sealed record RunGrids(
    IReadOnlyList<int> SourceSize, IReadOnlyList<double> SourceSpacingMm, IReadOnlyList<int> ModelSize, IReadOnlyList<double> ModelSpacingMm,
    IReadOnlyList<int> PatchSize, long Patches, string StreamingAxis);
