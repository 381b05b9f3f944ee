using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Metrics;

/// <summary>How far the surfaces of one region lie apart, in mm in the patient. Null where undefined.</summary>
/// <param name="PredictedPoints">Surface points of the prediction.</param>
/// <param name="TruePoints">Surface points of the truth.</param>
/// <param name="SurfaceDice">Share of all surface points, of both maps, that lie within the tolerance of the other surface; in [0, 1]. 0
/// where one map lacks the region, null where both do.</param>
/// <param name="HausdorffMm">Largest distance of any surface point to the other surface; null where a map lacks the region.</param>
/// <param name="Hd95Mm">The larger one of both directions' 95th percentiles; null where a map lacks the region.</param>
/// <param name="MeanMm">Mean over the surface points of both maps; null where a map lacks the region.</param>
/// <remarks>
/// Surface points are the centres of the region's voxels that have a face neighbour (in a plane: an edge neighbour) outside it; the border
/// of the grid is outside. Each counts once, whatever the spacing. Distances are exact on any grid, also oblique and sheared ones.
/// Percentiles are linear between neighbours. These are the definitions of Metrics Reloaded (Maier-Hein et al., 2024) for the normalised
/// surface distance, HD95 and ASSD. Checked against Golden/surfaces.
/// </remarks>
public sealed record SurfaceScores(
    int PredictedPoints, int TruePoints, double? SurfaceDice, double? HausdorffMm, double? Hd95Mm, double? MeanMm)
{
    /// <summary>1 mm shall be within 1 mm although headers hold single precision.</summary>
    private const double RelativeTolerance = 1e-6;

    /// <summary>Compares one label.</summary>
    /// <param name="prediction">The result to be judged.</param>
    /// <param name="truth">The reference, on the same grid.</param>
    /// <param name="label">Label, 1 to 65535.</param>
    /// <param name="toleranceMm">Distance that counts as agreement, at least 0; it is included.</param>
    /// <exception cref="Errors.SegmentationException">InvalidGeometry: the maps do not lie on the same grid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Label or tolerance is out of range.</exception>
    public static SurfaceScores Compare(LabelMap prediction, LabelMap truth, int label, double toleranceMm)
    {
        Overlap.CheckSameGrid(prediction, truth);
        ArgumentOutOfRangeException.ThrowIfLessThan(label, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(label, ushort.MaxValue);
        if (!(toleranceMm >= 0)) throw new ArgumentOutOfRangeException(nameof(toleranceMm));
        bool[] region = new bool[1 << 16];
        region[label] = true;
        // The truth's geometry for both: what a header rounds must not show in the scores.
        Vector3D[] predicted = RegionSurface.Points(prediction, truth.Geometry, region), expected = RegionSurface.Points(truth, truth.Geometry, region);
        if (predicted.Length == 0 || expected.Length == 0)
            return new SurfaceScores(predicted.Length, expected.Length, predicted.Length == expected.Length ? null : 0, null, null, null);

        double[] toTruth = Distances(predicted, expected), toPrediction = Distances(expected, predicted);
        double limit = toleranceMm * (1 + RelativeTolerance), points = toTruth.Length + toPrediction.Length;
        return new SurfaceScores(
            toTruth.Length, toPrediction.Length,
            (toTruth.Count(d => d <= limit) + toPrediction.Count(d => d <= limit)) / points,
            Math.Max(toTruth[^1], toPrediction[^1]),
            Math.Max(Quantile.OfSorted(toTruth, 0.95), Quantile.OfSorted(toPrediction, 0.95)),
            (toTruth.Sum() + toPrediction.Sum()) / points);
    }

    /// <summary>Distances from some points to the nearest of others, ascending.</summary>
    private static double[] Distances(Vector3D[] from, Vector3D[] to)
    {
        PointTree tree = new((Vector3D[])to.Clone());
        double[] distances = new double[from.Length];
        Parallel.For(0, from.Length, n => distances[n] = Math.Sqrt(tree.NearestSquared(from[n])));
        Array.Sort(distances);
        return distances;
    }
}
