using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>Scores label maps of cases; may be used on several threads.</summary>
internal sealed class CaseComparer(IReadOnlyDictionary<int, string> names, CaseGroups groups, ScoringOptions scoring)
{
    private static readonly Dictionary<int, double> NothingAsked = [];

    /// <summary>Scores the classes of the package.</summary>
    /// <param name="one">The case.</param>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="seconds">Time of the segmentation.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid; InvalidOption: the truth
    /// holds a label that is no class of the package.</exception>
    public CaseScore Compare(DatasetCase one, LabelMap prediction, LabelMap truth, double seconds)
    {
        IReadOnlyList<LabelComparison> labels = LabelComparison.Of(prediction, truth, names, NothingAsked, 0, scoring);
        if (labels.FirstOrDefault(l => !names.ContainsKey(l.Label) && l.TrueMl > 0) is { } strange)
            throw one.Fault(ErrorCode.InvalidOption,
                $"its labels hold {strange.Label}, which is not one of the package's classes {string.Join(", ", names.Keys)}; map the value with data.labelValues or data.labels of --config");
        return new CaseScore(
            one.Name, groups.Of(one), [.. labels.Where(l => names.ContainsKey(l.Label))], PaperComparison.Of(prediction, truth, names), seconds);
    }
}
