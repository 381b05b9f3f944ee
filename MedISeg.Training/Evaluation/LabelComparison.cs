using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation;

/// <summary>How well one label was found; null where a score is undefined.</summary>
/// <param name="Label">Value in the label maps.</param>
/// <param name="Name">Name, or the number where none is known.</param>
/// <param name="Dice">In [0, 1]; null where both maps lack the label.</param>
/// <param name="Recall">In [0, 1].</param>
/// <param name="Precision">In [0, 1].</param>
/// <param name="Iou">In [0, 1].</param>
/// <param name="PredictedMl">Volume in the prediction.</param>
/// <param name="TrueMl">Volume in the truth.</param>
/// <param name="LeastDice">Dice that was asked for; null: none, or the truth holds too little of the label to ask.</param>
internal sealed record LabelComparison(
    int Label, string Name, double? Dice, double? Recall, double? Precision, double? Iou, double PredictedMl, double TrueMl, double? LeastDice)
{
    /// <summary>Whether the Dice that was asked for is reached; true where none was.</summary>
    public bool IsMet => LeastDice is not { } least || Dice >= least;

    /// <summary>Compares the labels that either map holds, that have a name or for which a Dice is asked; in ascending order.</summary>
    /// <param name="prediction">Result to be judged.</param>
    /// <param name="truth">Reference on the same grid.</param>
    /// <param name="names">Names of labels.</param>
    /// <param name="leastDice">Dice asked for.</param>
    /// <param name="askedAboveMl">A Dice is asked for only where the truth holds more of the label than this, ml.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static IReadOnlyList<LabelComparison> Of(
        LabelMap prediction, LabelMap truth, IReadOnlyDictionary<int, string> names, IReadOnlyDictionary<int, double> leastDice, double askedAboveMl)
    {
        SortedSet<int> labels = [.. names.Keys, .. leastDice.Keys, .. Present(prediction), .. Present(truth)];
        labels.Remove(0);
        double ml = truth.Geometry.VoxelVolumeMm3 / 1000;
        return [.. labels.Select(label =>
        {
            SegmentationScores scores = SegmentationScores.Compare(prediction, truth, label);
            double trueMl = scores.Overlap.True * ml;
            double? least = leastDice.TryGetValue(label, out double asked) && trueMl > askedAboveMl ? asked : null;
            return new LabelComparison(
                label, names.TryGetValue(label, out string? name) ? name : $"label {label}", scores.Dice, scores.Recall, scores.Precision, scores.Iou,
                scores.Overlap.Predicted * ml, trueMl, least);
        })];
    }

    private static IEnumerable<int> Present(LabelMap map)
    {
        bool[] seen = new bool[map.IsWide ? 1 << 16 : 1 << 8];
        if (map.IsWide) foreach (ushort label in map.Words) seen[label] = true;
        else foreach (byte label in map.Bytes) seen[label] = true;
        return Enumerable.Range(0, seen.Length).Where(label => seen[label]);
    }
}
