using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;

namespace MedISeg.Inference.Postprocessing;

/// <summary>A named operation on a finished label map.</summary>
public interface IPostprocessor
{
    /// <summary>Its spelling in options: the <c>op</c> of its step.</summary>
    string Name { get; }

    /// <summary>Changes a label map in place.</summary>
    /// <param name="labels">The label map on the source grid.</param>
    /// <param name="parameters">Its parameters, of the type that belongs to <see cref="Name"/>.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: a parameter does not fit the map.</exception>
    PostprocessingChange Apply(LabelMap labels, PostprocessingStep parameters);
}
