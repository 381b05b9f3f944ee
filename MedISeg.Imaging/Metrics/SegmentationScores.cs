using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>Overlap scores of one region, each in [0, 1]; null where a score is undefined (0 / 0): a number would bias a mean.</summary>
/// <param name="Overlap">The counts behind the scores.</param>
/// <param name="Dice">2 TP / (2 TP + FP + FN); null where both maps lack the region.</param>
/// <param name="Recall">TP / (TP + FN); null where the truth lacks the region.</param>
/// <param name="Precision">TP / (TP + FP); null where the prediction lacks the region.</param>
/// <param name="Iou">TP / (TP + FP + FN), the Jaccard index; null where both maps lack the region.</param>
public sealed record SegmentationScores(Overlap Overlap, double? Dice, double? Recall, double? Precision, double? Iou)
{
    /// <summary>Compares one label.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="label">Label, 0 to 65535.</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static SegmentationScores Compare(LabelMap prediction, LabelMap truth, int label) => Compare(prediction, truth, [label]);

    /// <summary>Compares labels that form one region; null: all above 0.</summary>
    /// <inheritdoc cref="Compare(LabelMap, LabelMap, int)"/>
    public static SegmentationScores Compare(LabelMap prediction, LabelMap truth, IReadOnlyList<int>? labels)
    {
        Overlap overlap = Overlap.Of(prediction, truth, labels);
        return new SegmentationScores(
            overlap,
            Ratio(2 * overlap.TruePositive, overlap.Predicted + overlap.True),
            Ratio(overlap.TruePositive, overlap.True),
            Ratio(overlap.TruePositive, overlap.Predicted),
            Ratio(overlap.TruePositive, overlap.Union));
    }

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
