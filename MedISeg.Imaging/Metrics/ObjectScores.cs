using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>Scores that count objects (connected components), such as nuclei or glands. Null where undefined.</summary>
/// <param name="Dice">Object-level Dice in [0, 1]; null where neither map has an object.</param>
/// <param name="Iou">Object-level Jaccard index in [0, 1]; null where neither map has an object.</param>
/// <param name="HausdorffMm">Object-level Hausdorff distance in mm; null where a map has no object.</param>
/// <param name="Aji">Aggregated Jaccard index in [0, 1]; null where neither map has an object.</param>
/// <remarks>
/// Object-level scores are those of the GlaS challenge (Sirinukunwattana et al., 2017): each object is compared with the object of the
/// other map that overlaps it most, weighted by its share of its map's foreground; the result is the mean of both directions. An object
/// without overlap has Dice and IoU 0, and for the Hausdorff distance the other map's nearest object. AJI: Kumar et al., 2017.
/// Ties go to the lower component number.
/// </remarks>
public sealed record ObjectScores(double? Dice, double? Iou, double? HausdorffMm, double? Aji)
{
    /// <summary>Compares the objects of two label maps.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="labels">Labels whose voxels form objects, as one region.</param>
    /// <param name="connectivity">6, 18 or 26; for planar maps also 4 or 8 (the paper's).</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    /// <exception cref="ArgumentException">Not a connectivity of such a map.</exception>
    public static ObjectScores Compare(LabelMap prediction, LabelMap truth, IReadOnlyList<int> labels, int connectivity)
    {
        Overlap.CheckSameGrid(prediction, truth);
        ObjectSet predicted = new(ConnectedComponents.Label(prediction, labels, joint: true, connectivity), truth.Geometry);
        ObjectSet expected = new(ConnectedComponents.Label(truth, labels, joint: true, connectivity), truth.Geometry);
        if (predicted.Count == 0 && expected.Count == 0) return new ObjectScores(null, null, null, null);
        if (predicted.Count == 0 || expected.Count == 0) return new ObjectScores(0, 0, null, 0);
        List<(int Other, long Voxels)>[] ofTruth = expected.Overlaps(predicted), ofPrediction = predicted.Overlaps(expected);
        (double Dice, double Iou, double Hausdorff) a = OneWay(expected, predicted, ofTruth), b = OneWay(predicted, expected, ofPrediction);
        return new ObjectScores(
            (a.Dice + b.Dice) / 2, (a.Iou + b.Iou) / 2, (a.Hausdorff + b.Hausdorff) / 2, AggregatedJaccard(expected, predicted, ofTruth));
    }

    private static (double Dice, double Iou, double Hausdorff) OneWay(ObjectSet from, ObjectSet to, List<(int Other, long Voxels)>[] overlaps)
    {
        double dice = 0, iou = 0, hausdorff = 0;
        double foreground = Enumerable.Range(0, from.Count).Sum(from.Size);
        for (int n = 0; n < from.Count; n++)
        {
            double share = from.Size(n) / foreground;
            if (overlaps[n].Count == 0)
            {
                hausdorff += share * Enumerable.Range(0, to.Count).Min(other => from.HausdorffMm(n, to, other));
                continue;
            }
            (int best, long voxels) = overlaps[n].MaxBy(pair => pair.Voxels);
            dice += share * 2 * voxels / (from.Size(n) + to.Size(best));
            iou += share * voxels / (from.Size(n) + to.Size(best) - voxels);
            hausdorff += share * from.HausdorffMm(n, to, best);
        }
        return (dice, iou, hausdorff);
    }

    private static double AggregatedJaccard(ObjectSet truth, ObjectSet prediction, List<(int Other, long Voxels)>[] overlaps)
    {
        long intersection = 0, union = 0;
        HashSet<int> used = [];
        for (int n = 0; n < truth.Count; n++)
        {
            union += truth.Size(n);
            if (overlaps[n].Count == 0) continue;
            (int best, long voxels) = overlaps[n].MaxBy(
                pair => (double)pair.Voxels / (truth.Size(n) + prediction.Size(pair.Other) - pair.Voxels));
            intersection += voxels;
            union += prediction.Size(best) - voxels;
            used.Add(best);
        }
        for (int n = 0; n < prediction.Count; n++)
            if (!used.Contains(n)) union += prediction.Size(n);
        return (double)intersection / union;
    }
}
