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
    /// <summary>Predicted less true volume.</summary>
    public double VolumeErrorMl => PredictedMl - TrueMl;

    /// <summary>The same in percent of the true volume; null where the truth lacks the label.</summary>
    public double? VolumeErrorPercent => TrueMl > 0 ? 100 * VolumeErrorMl / TrueMl : null;

    /// <summary>Share of both surfaces within the tolerance of the other, in [0, 1]; null where both maps lack the label or it was not asked for.</summary>
    public double? SurfaceDice { get; init; }

    /// <summary>The larger of both directions' 95th percentiles of surface distances; null where a map lacks the label or it was not asked for.</summary>
    public double? Hd95Mm { get; init; }

    /// <summary>Largest surface distance; null as <see cref="Hd95Mm"/>.</summary>
    public double? HausdorffMm { get; init; }

    /// <summary>Mean over the points of both surfaces; null as <see cref="Hd95Mm"/>.</summary>
    public double? MeanSurfaceDistanceMm { get; init; }

    /// <summary>Object Dice in [0, 1]; null where neither map has an object or it was not asked for.</summary>
    public double? ObjectDice { get; init; }

    /// <summary>Object Jaccard index in [0, 1]; null as <see cref="ObjectDice"/>.</summary>
    public double? ObjectIou { get; init; }

    /// <summary>Object Hausdorff distance; null where a map has no object or it was not asked for.</summary>
    public double? ObjectHausdorffMm { get; init; }

    /// <summary>Aggregated Jaccard index in [0, 1]; null as <see cref="ObjectDice"/>.</summary>
    public double? Aji { get; init; }

    /// <summary>Whether the Dice that was asked for is reached; true where none was.</summary>
    public bool IsMet => LeastDice is not { } least || Dice >= least;

    /// <summary>Compares the labels that either map holds, that have a name or for which a Dice is asked; in ascending order.</summary>
    /// <param name="prediction">Result to be judged.</param>
    /// <param name="truth">Reference on the same grid.</param>
    /// <param name="names">Names of labels.</param>
    /// <param name="leastDice">Dice asked for.</param>
    /// <param name="askedAboveMl">A Dice is asked for only where the truth holds more of the label than this, ml.</param>
    /// <param name="scoring">What else is worked out; null: nothing.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    public static IReadOnlyList<LabelComparison> Of(
        LabelMap prediction, LabelMap truth, IReadOnlyDictionary<int, string> names, IReadOnlyDictionary<int, double> leastDice, double askedAboveMl,
        ScoringOptions? scoring)
    {
        LabelMap[]? cut = scoring is null ? null : ForegroundCrop.Of(truth, prediction);
        SortedSet<int> labels = [.. names.Keys, .. leastDice.Keys, .. Present(prediction), .. Present(truth)];
        labels.Remove(0);
        double ml = truth.Geometry.VoxelVolumeMm3 / 1000;
        return [.. labels.Select(label =>
        {
            SegmentationScores scores = SegmentationScores.Compare(prediction, truth, label);
            double trueMl = scores.Overlap.True * ml;
            double? least = leastDice.TryGetValue(label, out double asked) && trueMl > askedAboveMl ? asked : null;
            LabelComparison comparison = new(
                label, names.TryGetValue(label, out string? name) ? name : $"label {label}", scores.Dice, scores.Recall, scores.Precision, scores.Iou,
                scores.Overlap.Predicted * ml, trueMl, least);
            return scoring is null ? comparison : comparison.WithDistances(cut![1], cut[0], scoring);
        })];
    }

    private LabelComparison WithDistances(LabelMap prediction, LabelMap truth, ScoringOptions scoring)
    {
        bool planar = truth.Geometry.Grid.Depth == 1;
        SurfaceScores? surface = scoring.Surfaces ? SurfaceScores.Compare(prediction, truth, Label, scoring.ToleranceOf(Label)) : null;
        ObjectScores? objects = scoring.Objects ?? planar
            ? ObjectScores.Compare(prediction, truth, [Label], ScoringOptions.ConnectivityOf(planar))
            : null;
        return this with
        {
            SurfaceDice = surface?.SurfaceDice, Hd95Mm = surface?.Hd95Mm, HausdorffMm = surface?.HausdorffMm, MeanSurfaceDistanceMm = surface?.MeanMm,
            ObjectDice = objects?.Dice, ObjectIou = objects?.Iou, ObjectHausdorffMm = objects?.HausdorffMm, Aji = objects?.Aji,
        };
    }

    private static IEnumerable<int> Present(LabelMap map)
    {
        bool[] seen = new bool[map.IsWide ? 1 << 16 : 1 << 8];
        if (map.IsWide) foreach (ushort label in map.Words) seen[label] = true;
        else foreach (byte label in map.Bytes) seen[label] = true;
        return Enumerable.Range(0, seen.Length).Where(label => seen[label]);
    }
}
