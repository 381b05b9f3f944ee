using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Opens, closes, dilates or erodes regions with a ball in mm (<see cref="BallMorphology"/>).</summary>
public sealed class ApplyMorphology : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "morphology";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        MorphologyStep step = (MorphologyStep)parameters;
        StepScope.CheckLength(labels, step, "radiusMm", step.RadiusMm, step.RadiusMm);
        int to = StepScope.Target(labels, step, step.To);
        long voxels = 0, components = 0;
        foreach (IReadOnlyList<int> region in StepScope.Regions(step))
        {
            long before = StepScope.CountComponents(labels, step, region);
            voxels += BallMorphology.Apply(labels, region, step.Operation, step.RadiusMm, to, step.Over == GrowthRule.Any);
            components += Math.Abs(StepScope.CountComponents(labels, step, region) - before);
        }
        return new PostprocessingChange(Name, voxels, components);
    }
}
