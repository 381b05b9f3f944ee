using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>The paper's scores of one 2-D image: foreground is every label above 0, and a score of 0 / 0 is 0.</summary>
/// <param name="Accuracy">Share of pixels that agree.</param>
/// <param name="Recall">Recall of the foreground.</param>
/// <param name="Precision">Precision of the foreground.</param>
/// <param name="F1">F1 (Dice) of the foreground.</param>
/// <param name="MeanIou">Mean Jaccard index of background and foreground, of those that either map holds.</param>
/// <remarks>
/// Kept for comparison with published tables; <see cref="SegmentationScores"/> is the better measure. Checked against Golden/metrics2d.
/// </remarks>
public sealed record PaperScores2D(double Accuracy, double Recall, double Precision, double F1, double MeanIou)
{
    /// <summary>All -1: the truth is empty and the image is left out of every mean.</summary>
    public static PaperScores2D Skipped { get; } = new(-1, -1, -1, -1, -1);

    /// <summary>Whether the image is left out of every mean.</summary>
    public bool IsSkipped => this == Skipped;

    /// <summary>Compares two label maps.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static PaperScores2D Compare(LabelMap prediction, LabelMap truth)
    {
        Overlap overlap = Overlap.Of(prediction, truth, labels: null);
        if (overlap.True == 0) return Skipped;
        long backgroundUnion = overlap.Total - overlap.TruePositive;
        double foregroundIou = (double)overlap.TruePositive / overlap.Union;
        return new PaperScores2D(
            (double)(overlap.TruePositive + overlap.TrueNegative) / overlap.Total,
            (double)overlap.TruePositive / overlap.True,
            overlap.Predicted == 0 ? 0 : (double)overlap.TruePositive / overlap.Predicted,
            2.0 * overlap.TruePositive / (overlap.Predicted + overlap.True),
            backgroundUnion == 0 ? foregroundIou : (foregroundIou + (double)overlap.TrueNegative / backgroundUnion) / 2);
    }
}
