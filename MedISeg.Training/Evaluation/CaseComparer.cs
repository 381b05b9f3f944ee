using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>Scores label maps of cases; may be used on several threads.</summary>
internal sealed class CaseComparer(IReadOnlyDictionary<int, string> names, CaseGroups groups, ScoringOptions scoring)
{
    private static readonly Dictionary<int, double> NothingAsked = [];

    /// <summary>Scores the classes of the package; other labels of the truth are not looked at, but for the paper's foreground.</summary>
    /// <param name="one">Case.</param>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="seconds">Time of the segmentation.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public CaseScore Compare(DatasetCase one, LabelMap prediction, LabelMap truth, double seconds) => new(
        one.Name, groups.Of(one),
        [.. LabelComparison.Of(prediction, truth, names, NothingAsked, 0, scoring).Where(l => names.ContainsKey(l.Label))],
        PaperComparison.Of(prediction, truth, names), seconds);
}
