using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.Reports;

/// <summary>Grids as (k, j, i), spacing in mm.</summary>
/// <param name="SourceSize">Source grid.</param>
/// <param name="SourceSpacingMm">Source spacing.</param>
/// <param name="ModelSize">Grid that the network saw.</param>
/// <param name="ModelSpacingMm">Its spacing.</param>
/// <param name="PatchSize">Patch.</param>
/// <param name="Patches">Number of patch positions.</param>
/// <param name="StreamingAxis">k, j or i.</param>
/// <param name="SkippedPatches">Those of <paramref name="Patches"/> that were empty, so that the network did not see them; a member that votes
/// skips the same ones.</param>
public sealed record RunGrids(
    IReadOnlyList<int> SourceSize, IReadOnlyList<double> SourceSpacingMm, IReadOnlyList<int> ModelSize, IReadOnlyList<double> ModelSpacingMm,
    IReadOnlyList<int> PatchSize, long Patches, string StreamingAxis, long SkippedPatches)
{
    /// <summary>The grids of a run.</summary>
    internal static RunGrids Create(GridMapping mapping, ModelManifest manifest, PatchGrid grid, AccumulatorPlan plan, long skipped) => new(
        Size(mapping.Source.Grid), Spacing(mapping.Source.Spacing), Size(mapping.Model.Grid), Spacing(mapping.Model.Spacing),
        Size(manifest.PatchExtent()), grid.Count, "kji"[plan.StreamingAxis].ToString(), skipped);

    private static int[] Size(GridSize size) => [size.Depth, size.Height, size.Width];

    private static double[] Spacing(SpacingMm spacing) => [spacing.K, spacing.J, spacing.I];
}
