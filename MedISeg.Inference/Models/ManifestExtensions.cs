using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Models;

/// <summary>What follows from a manifest, always in three axes (k, j, i); in 2-D packages depth runs across slices.</summary>
public static class ManifestExtensions
{
    /// <summary>Extent of the patch that the network reads.</summary>
    public static GridSize PatchExtent(this ModelManifest manifest)
    {
        IReadOnlyList<int> patch = manifest.Network.PatchSize;
        return manifest.Dimensionality == 3 ? new GridSize(patch[0], patch[1], patch[2]) : new GridSize(2 * manifest.NeighbourSlices() + 1, patch[0], patch[1]);
    }

    /// <summary>Voxels that the scores lack on each side of the patch.</summary>
    public static VoxelIndex Margin(this ModelManifest manifest)
    {
        IReadOnlyList<int> margin = manifest.Network.ValidPadding ?? [.. manifest.Network.PatchSize.Select(_ => 0)];
        return manifest.Dimensionality == 3
            ? new VoxelIndex(margin[0], margin[1], margin[2])
            : new VoxelIndex(manifest.NeighbourSlices(), margin[0], margin[1]);
    }

    /// <summary>Slices on each side that a 2-D network reads beside the one it segments.</summary>
    public static int NeighbourSlices(this ModelManifest manifest) => manifest.Slices?.Neighbours ?? 0;

    /// <summary>What stands before the first and behind the last plane of an image.</summary>
    /// <param name="manifest">The package.</param>
    /// <param name="padding">What stands outside an image along the other axes, and in 3-D along this one.</param>
    public static Options.PaddingKind PaddingAcross(this ModelManifest manifest, Options.PaddingKind padding) =>
        manifest.Dimensionality == 3 ? padding : (manifest.Slices ?? new ModelSlices()).Edges;

    /// <summary>Channels of the network's input: one an input, or in 2.5-D one an input and slice.</summary>
    public static int NetworkChannels(this ModelManifest manifest) => manifest.Inputs.Count * (2 * manifest.NeighbourSlices() + 1);

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
