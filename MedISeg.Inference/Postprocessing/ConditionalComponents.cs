using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Removes components by how they lie to other labels: a tumour that does not touch the kidney, a cyst outside it.</summary>
public sealed class ConditionalComponents : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "conditional-components";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        ConditionalComponentsStep step = (ConditionalComponentsStep)parameters;
        int connectivity = StepScope.ConnectivityOf(step, StepScope.IsPlanar(labels));
        if (step.Of.Count == 0 || step.Of.Any(label => label < 1 || step.Labels.Contains(label)))
            throw StepScope.Invalid(step, "of", "Name at least one label above 0, none of them among labels.");
        bool inside = step.When is ComponentCondition.Inside or ComponentCondition.NotInside;
        if (step.DistanceMm is { } distance)
        {
            if (inside) throw StepScope.Invalid(step, "distanceMm", "It belongs to touching and not-touching; leave it out.");
            StepScope.CheckLength(labels, step, "distanceMm", distance, distance);
        }
        bool removes = step.When is ComponentCondition.Touching or ComponentCondition.Inside;
        return StepScope.Repaint(labels, step, step.To, found =>
        {
            bool[] holds = inside
                ? ComponentContact.Inside(found, labels, step.Labels, step.Of, connectivity)
                : ComponentContact.Touching(found, labels, step.Of, connectivity, step.DistanceMm);
            return [.. holds.Select(one => one == removes)];
        });
    }
}
