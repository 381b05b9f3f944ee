using MedISeg.Training.Data;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Reports;

/// <summary>What a run was trained on, in numbers; data.json of the run folder.</summary>
/// <param name="TrainingCases">Cases learnt from.</param>
/// <param name="ValidationCases">Cases that the checkpoint is chosen by.</param>
/// <param name="MedianGrid">Voxels on the grid that the network sees, order (k, j, i).</param>
/// <param name="MedianSpacingMm">Spacing of that grid, order (k, j, i).</param>
/// <param name="Classes">One entry a class, background first.</param>
internal sealed record DataSummary(
    int TrainingCases, int ValidationCases, IReadOnlyList<double> MedianGrid, IReadOnlyList<double> MedianSpacingMm, IReadOnlyList<ClassShare> Classes)
{
    /// <summary>Counts.</summary>
    public static DataSummary Of(IReadOnlyList<TrainingCase> training, int validation, TrainOptions options)
    {
        double voxels = training.Sum(c => (double)c.Grid.VoxelCount);
        double[] foreground = [.. options.Classes.Select((_, n) => n == 0 ? 0 : training.Sum(c => (double)c.PlacesOf(n).Length))];
        return new DataSummary(
            training.Count, validation, [.. Axes(n => Median(training.Select(c => (double)c.Grid[n])))],
            [.. Axes(n => Median(training.Select(c => c.Geometry.Spacing[n])))],
            [.. options.Classes.Select((one, n) => new ClassShare(
                one.Name, n == 0 ? training.Count : training.Count(c => c.PlacesOf(n).Length > 0),
                n == 0 ? 1 - foreground.Sum() / voxels : foreground[n] / voxels))]);
    }

    private static IEnumerable<double> Axes(Func<int, double> of) => Enumerable.Range(0, 3).Select(of);

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>How often a class is seen.</summary>
/// <param name="Name">Class.</param>
/// <param name="Cases">Training cases that hold it.</param>
/// <param name="Voxels">Its share of all training voxels, in [0, 1].</param>
internal sealed record ClassShare(string Name, int Cases, double Voxels);
