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
        bool hasLimit = step.MinVolumeVoxels is not null || step.MinVolumeMm3 is not null;
        if (step is { MinVolumeVoxels: not null, MinVolumeMm3: not null })
            throw StepScope.Invalid(step, "minVolumeMm3", "Give minVolumeMm3 or minVolumeVoxels, not both.");
        return StepScope.Repaint(labels, step, step.To, found =>
        {
            bool[] chosen = found.AllButLargest(1, step.Ties == TieRule.Keep);
            for (int n = 0; hasLimit && n < chosen.Length; n++)
                chosen[n] &= StepScope.IsBelow(found.Sizes[n], labels, step.MinVolumeVoxels, step.MinVolumeMm3);
            return chosen;
        });
    }
}
