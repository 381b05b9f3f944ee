using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Smooths the boundaries of labels with a Gaussian in mm (<see cref="LabelSmoothing"/>).</summary>
public sealed class SmoothLabels : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "smooth";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        SmoothStep step = (SmoothStep)parameters;
        StepScope.CheckLength(labels, step, "sigmaMm", step.SigmaMm, 3 * step.SigmaMm);
        IReadOnlyList<int>[] regions = [.. StepScope.Regions(step)];
        long[] before = [.. regions.Select(region => StepScope.CountComponents(labels, step, region))];
        long voxels = LabelSmoothing.Apply(labels, step.Labels, step.SigmaMm);
        long components = regions.Select((region, n) => Math.Abs(StepScope.CountComponents(labels, step, region) - before[n])).Sum();
        return new PostprocessingChange(Name, voxels, components);
    }
}
