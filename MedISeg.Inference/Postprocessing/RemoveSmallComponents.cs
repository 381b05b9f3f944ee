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
        if (step.MinVolumeVoxels is null == step.MinVolumeMm3 is null)
            throw StepScope.Invalid(step, "minVolumeMm3", "Give exactly one of minVolumeMm3 and minVolumeVoxels.");
        return StepScope.Repaint(labels, step, step.To, found =>
        {
            bool[] chosen = new bool[found.Count];
            for (int n = 0; n < chosen.Length; n++)
                chosen[n] = StepScope.IsBelow(found.Sizes[n], labels, step.MinVolumeVoxels, step.MinVolumeMm3);
            return chosen;
        });
    }
}
