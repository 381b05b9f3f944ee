using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>The paper's scores of one region of a 3-D case; all 0 where the prediction or the truth lacks the region.</summary>
/// <param name="Recall">Recall.</param>
/// <param name="Precision">Precision.</param>
/// <param name="Dice">Dice.</param>
/// <param name="Iou">Jaccard index of the region alone: the 3-D tables call it mIoU, which in 2-D is something else.</param>
/// <remarks>
/// Kept for comparison with published tables: two empty maps score 0, which <see cref="SegmentationScores"/> leaves undefined.
/// Checked against Golden/metrics3d.
/// </remarks>
public sealed record PaperScores3D(double Recall, double Precision, double Dice, double Iou)
{
    /// <summary>Compares the organ with the tumour in it (every label above 0) and the tumour (label 2).</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static (PaperScores3D Organ, PaperScores3D Tumour) Compare(LabelMap prediction, LabelMap truth) =>
        (Compare(prediction, truth, labels: null), Compare(prediction, truth, [2]));

    /// <summary>Compares one region.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="labels">Labels that form the region; null: all above 0.</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static PaperScores3D Compare(LabelMap prediction, LabelMap truth, IReadOnlyList<int>? labels)
    {
        SegmentationScores scores = SegmentationScores.Compare(prediction, truth, labels);
        return new(scores.Recall ?? 0, scores.Precision ?? 0, scores.Dice ?? 0, scores.Iou ?? 0);
    }
}
