using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Models;

/// <summary>What follows from a manifest, always in three axes (k, j, i); 2-D packages have depth 1.</summary>
public static class ManifestExtensions
{
    /// <summary>Extent of the patch that the network reads.</summary>
    public static GridSize PatchExtent(this ModelManifest manifest)
    {
        IReadOnlyList<int> patch = manifest.Network.PatchSize;
        return manifest.Dimensionality == 3 ? new GridSize(patch[0], patch[1], patch[2]) : new GridSize(1, patch[0], patch[1]);
    }

    /// <summary>Voxels that the scores lack on each side of the patch.</summary>
    public static VoxelIndex Margin(this ModelManifest manifest)
    {
        if (manifest.Network.ValidPadding is not { } margin) return default;
        return manifest.Dimensionality == 3 ? new VoxelIndex(margin[0], margin[1], margin[2]) : new VoxelIndex(0, margin[0], margin[1]);
    }

    /// <summary>Extent of the scores of one patch.</summary>
    public static GridSize ScoreExtent(this ModelManifest manifest)
    {
        GridSize patch = manifest.PatchExtent();
        VoxelIndex margin = manifest.Margin();
        return new GridSize(patch.Depth - 2 * margin.K, patch.Height - 2 * margin.J, patch.Width - 2 * margin.I);
    }

    /// <summary>Regions in painting order: as written, or for sigmoid packages without regions every class but background.</summary>
    /// <returns>Null where the strongest class wins (softmax, or probabilities without regions).</returns>
    public static IReadOnlyList<ModelRegion>? PaintedRegions(this ModelManifest manifest) =>
        manifest.Regions ?? (manifest.Network.Activation == ActivationKind.Sigmoid
            ? [.. manifest.Classes.Where(c => c.Id != 0).Select(c => new ModelRegion { Labels = [c.Id], Paint = c.Id })]
            : null);

    /// <summary>Number of score channels of the network: one a region, else one a class.</summary>
    public static int ScoreChannels(this ModelManifest manifest) => manifest.PaintedRegions()?.Count ?? manifest.Classes.Count;

    /// <summary>Label that each score channel stands for.</summary>
    public static IReadOnlyList<int> ChannelLabels(this ModelManifest manifest) =>
        manifest.PaintedRegions() is { } regions ? [.. regions.Select(r => r.Paint)] : [.. manifest.Classes.Select(c => c.Id)];
}
