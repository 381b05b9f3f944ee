using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>Fills background that a region encloses, in 3-D or slice by slice; never another label unless asked (<see cref="HoleFilling"/>).</summary>
public sealed class FillHoles : IPostprocessor
{
    /// <inheritdoc/>
    public string Name => "fill-holes";

    /// <inheritdoc/>
    public PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters)
    {
        FillHolesStep step = (FillHolesStep)parameters;
        SlicePlane? plane = PlaneOf(step);
        int connectivity = StepScope.ConnectivityOf(step, plane is not null || StepScope.IsPlanar(labels));
        long voxels = 0, holes = 0;
        foreach (IReadOnlyList<int> region in StepScope.Regions(step))
        {
            (long Holes, long Voxels) filled = HoleFilling.Fill(labels, region, connectivity, plane, step.Over == GrowthRule.Any);
            holes += filled.Holes;
            voxels += filled.Voxels;
        }
        return new PostprocessingChange(Name, voxels, holes);
    }

    /// <summary>The plane that a step names; null: it fills in 3-D.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: not a plane.</exception>
    internal static SlicePlane? PlaneOf(FillHolesStep step) => step.Plane switch
    {
        null => null,
        "ji" => SlicePlane.Ji,
        "ki" => SlicePlane.Ki,
        "kj" => SlicePlane.Kj,
        _ => throw StepScope.Invalid(step, "plane", "Use ji, ki or kj, or leave it out to fill in 3-D."),
    };
}
