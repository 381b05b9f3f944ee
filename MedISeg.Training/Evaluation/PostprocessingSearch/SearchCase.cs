using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>A predicted case without post-processing, cut down to what holds labels.</summary>
internal sealed class SearchCase
{
    /// <summary>Cuts a prediction and its truth; the given maps are not kept.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public SearchCase(string name, LabelMap prediction, LabelMap truth)
    {
        Name = name;
        LabelMap[] cut = ForegroundCrop.Of(truth, prediction);
        (Truth, Prediction) = (cut[0], cut[1]);
    }

    /// <summary>Name in the data set.</summary>
    public string Name { get; }

    /// <summary>The prediction; accepted steps change it.</summary>
    public LabelMap Prediction { get; }

    /// <summary>The truth.</summary>
    public LabelMap Truth { get; }
}
