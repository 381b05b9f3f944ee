using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Removes components strictly below a volume (the paper's RSA); one of exactly that volume stays.</summary>
/// <remarks>Source: MedISeg's post-processing; checked against Golden/post2d and post3d.</remarks>
public sealed class RemoveSmallComponents : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "remove-small-components";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        RemoveSmallComponentsStep step = (RemoveSmallComponentsStep)parameters;
        int connectivity = StepScope.ConnectivityOf(step, StepScope.IsPlanar(labels)), to = StepScope.Target(labels, step, step.To);
        if (step.MinVolumeVoxels is null == step.MinVolumeMm3 is null)
            throw StepScope.Invalid(step, "minVolumeMm3", "Give exactly one of minVolumeMm3 and minVolumeVoxels.");

        long voxels = 0, components = 0;
        foreach (IReadOnlyList<int> region in StepScope.Regions(step))
        {
            ComponentMap found = ConnectedComponents.Label(labels, region, joint: true, connectivity);
            bool IsRemoved(Component component) => StepScope.IsBelow(component, labels, step.MinVolumeVoxels, step.MinVolumeMm3);
            components += found.Components.Count(IsRemoved);
            voxels += found.Repaint(labels, IsRemoved, to);
        }
        return new PostprocessingChange(Name, voxels, components);
    }
}
