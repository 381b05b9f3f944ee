using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Keeps the largest components of each region, as many as asked.</summary>
public sealed class KeepComponents : IPostprocessor
{
    /// <summary>Most components that can be asked for.</summary>
    public const int MostCount = 1000;

    /// <inheritdoc/>
    public string Name => "keep-components";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        KeepComponentsStep step = (KeepComponentsStep)parameters;
        if (step.Count is < 1 or > MostCount) throw StepScope.Invalid(step, "count", "Use 1 to 1000.");
        return StepScope.Repaint(labels, step, step.To, found => found.AllButLargest(step.Count, step.Ties == TieRule.Keep));
    }
}
