using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Preprocessing;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference;

/// <summary>Segments whole volumes in double: every voxel looks up the model grid by its place in mm. Slow and obvious.</summary>
internal static class NaiveReference
{
    /// <summary>Labels on the image's grid, and where they do not hang on rounding.</summary>
    /// <remarks>With nearest: along these axes of the image and of the model grid (0 = k, 1 = j, 2 = i) the nearest voxel counts.</remarks>
    public static (int[] Labels, bool[] Clear) Segment(
        Volume image, ModelManifest manifest, AnalyticPackageOptions options, int sliceAxis = 0, (int Image, int Model)? nearest = null)
    {
        VolumeGeometry source = image.Geometry, grid = GridMapping.Whole(source, manifest.Grid, manifest.Dimensionality, sliceAxis).Model;
        double[][] scores = Scores(image, grid, options, nearest?.Image);
        int[] labels = new int[source.Grid.VoxelCount];
        bool[] clear = new bool[labels.Length];
        PositionImages.ForEach(source, (n, mm) =>
        {
            Vector3D index = Snap(grid.PatientToIndex.Apply(mm), nearest?.Model);
            if (manifest.Grid.WayBack == WayBackKind.Labels)
            {
                // A tie of places hangs on rounding, a tie of scores on the network.
                clear[n] = Enumerable.Range(0, 3).All(axis => Math.Abs(index[axis] - Math.Floor(index[axis]) - 0.5) > 1e-3);
                Vector3D nearest = new(
                    Math.Clamp(Math.Round(index.X), 0, grid.Grid.Width - 1), Math.Clamp(Math.Round(index.Y), 0, grid.Grid.Height - 1),
                    Math.Clamp(Math.Round(index.Z), 0, grid.Grid.Depth - 1));
                (labels[n], bool sure) = Decide(scores, grid.Grid, nearest, options);
                clear[n] &= sure;
            }
            else
            {
                (labels[n], clear[n]) = Decide(scores, grid.Grid, index, options);
            }
        });
        return (labels, clear);
    }

    /// <summary>One array a channel on the model grid: the image there by trilinear interpolation, then the network's formula.</summary>
    private static double[][] Scores(Volume image, VolumeGeometry grid, AnalyticPackageOptions options, int? nearest)
    {
        ReadOnlyMemory<float> values = image.ToFloats(0);
        bool regions = options.Activation == ActivationKind.Sigmoid;
        int classes = options.Thresholds.Count + (regions ? 0 : 1);
        double[][] scores = [.. Enumerable.Range(0, classes).Select(_ => new double[grid.Grid.VoxelCount])];
        GridSize source = image.Geometry.Grid;
        PositionImages.ForEach(grid, (n, mm) =>
        {
            double value = PositionImages.Trilinear((k, j, i) => values.Span[(int)source.Offset(k, j, i)], source, Snap(image.Geometry.PatientToIndex.Apply(mm), nearest));
            double[] logits = [.. Enumerable.Range(0, classes).Select(c => options.Steepness * (regions
                ? value - options.Thresholds[c]
                : c * value - options.Thresholds.Take(c).Sum()))];
            bool probabilities = options.Domain == ScoreDomain.Probabilities && options.Activation != ActivationKind.None;
            double total = logits.Sum(l => Math.Exp(l - logits.Max()));
            for (int c = 0; c < classes; c++)
                scores[c][n] = !probabilities ? logits[c]
                    : regions ? 1 / (1 + Math.Exp(-logits[c]))
                    : Math.Exp(logits[c] - logits.Max()) / total;
        });
        return scores;
    }

    /// <summary>A tie goes to the higher index.</summary>
    private static Vector3D Snap(Vector3D index, int? axis) => axis switch
    {
        0 => index with { Z = Math.Floor(index.Z + 0.5 + 1e-6) },
        1 => index with { Y = Math.Floor(index.Y + 0.5 + 1e-6) },
        2 => index with { X = Math.Floor(index.X + 0.5 + 1e-6) },
        _ => index,
    };

    private static (int Label, bool Clear) Decide(double[][] scores, GridSize grid, Vector3D index, AnalyticPackageOptions options)
    {
        const double Margin = 1e-4;
        double[] at = [.. scores.Select(s => PositionImages.Trilinear((k, j, i) => s[grid.Offset(k, j, i)], grid, index))];
        if (options.Activation == ActivationKind.Sigmoid)
        {
            double threshold = options.Domain == ScoreDomain.Logits ? 0 : 0.5;
            int label = 0;
            for (int c = 0; c < at.Length; c++)
                if (at[c] > threshold) label = c + 1;
            return (label, at.All(s => Math.Abs(s - threshold) > Margin));
        }
        int best = Array.IndexOf(at, at.Max());
        return (best, at.Where((_, c) => c != best).All(s => at[best] - s > Margin));
    }
}
