using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation;

/// <summary>A case in the paper's definitions: for comparison with published tables only.</summary>
/// <param name="Region">What is compared.</param>
/// <param name="Recall">In [0, 1].</param>
/// <param name="Precision">In [0, 1].</param>
/// <param name="Dice">In [0, 1].</param>
/// <param name="Iou">In 2-D the mean of background and foreground, in 3-D of the region alone; in [0, 1].</param>
internal sealed record PaperComparison(string Region, double Recall, double Precision, double Dice, double Iou)
{
    /// <summary>Compares a case: a plane as the 2-D tables (foreground is every label above 0; none where the truth is empty), a volume as the
    /// 3-D tables (every label above 0 as one region, then each class but the first).</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="names">Foreground classes.</param>
    public static IReadOnlyList<PaperComparison> Of(LabelMap prediction, LabelMap truth, IReadOnlyDictionary<int, string> names)
    {
        if (truth.Geometry.Grid.Depth == 1)
        {
            PaperScores2D plane = PaperScores2D.Compare(prediction, truth);
            return plane.IsSkipped ? [] : [new PaperComparison("foreground", plane.Recall, plane.Precision, plane.F1, plane.MeanIou)];
        }
        return
        [
            Of("all classes", PaperScores3D.Compare(prediction, truth, labels: null)),
            .. names.Keys.Order().Skip(1).Select(label => Of(names[label], PaperScores3D.Compare(prediction, truth, [label]))),
        ];
    }

    private static PaperComparison Of(string region, PaperScores3D scores) => new(region, scores.Recall, scores.Precision, scores.Dice, scores.Iou);
}
