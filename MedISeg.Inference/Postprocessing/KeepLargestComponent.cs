using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Keeps the largest component of each region (the paper's ABL-CS).</summary>
/// <remarks>
/// With a minimum volume (the paper's minimum_valid_object_size) only components strictly below it are removed; the largest stays in any case.
/// Source: MedISeg's post-processing; checked against Golden/post2d and post3d.
/// </remarks>
public sealed class KeepLargestComponent : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "keep-largest-component";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        KeepLargestComponentStep step = (KeepLargestComponentStep)parameters;
        int connectivity = StepScope.ConnectivityOf(step, StepScope.IsPlanar(labels)), to = StepScope.Target(labels, step, step.To);
        bool hasLimit = step.MinVolumeVoxels is not null || step.MinVolumeMm3 is not null;
        if (step is { MinVolumeVoxels: not null, MinVolumeMm3: not null })
            throw StepScope.Invalid(step, "minVolumeMm3", "Give minVolumeMm3 or minVolumeVoxels, not both.");

        long voxels = 0, components = 0;
        foreach (IReadOnlyList<int> region in StepScope.Regions(step))
        {
            ComponentMap found = ConnectedComponents.Label(labels, region, joint: true, connectivity);
            if (found.Components.Count < 2) continue;
            long largest = found.Components.Max(component => component.Size);
            Component first = found.Components.First(component => component.Size == largest);
            bool IsRemoved(Component component) =>
                component != first
                && (component.Size < largest || step.Ties == TieRule.First)
                && (!hasLimit || StepScope.IsBelow(component, labels, step.MinVolumeVoxels, step.MinVolumeMm3));
            components += found.Components.Count(IsRemoved);
            voxels += found.Repaint(labels, IsRemoved, to);
        }
        return new PostprocessingChange(Name, voxels, components);
    }
}
