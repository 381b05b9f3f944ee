using MedISeg.Benchmarks.Targets;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Trainers;

namespace MedISeg.Benchmarks.Training;

/// <summary>What the loader's thread spends on a batch with all of the paper's augmentations.</summary>
internal static class LoaderCost
{
    private const int BatchesAMeasurement = 8;

    /// <summary>CPU seconds a batch, the smallest mean of several series of batches.</summary>
    /// <param name="work">One of <see cref="StepWork"/>.</param>
    /// <param name="rounds">Series, at least 1.</param>
    public static double Seconds(string work, int rounds)
    {
        TrainOptions options = StepWork.Options(work) with { Augmentation = new AugmentationOptions { Operations = [AugmentationOperation.All] } };
        GridSize patch = options.Patch();
        GridSize whole = new(patch.Depth == 1 ? 1 : 2 * patch.Depth, 2 * patch.Height, 2 * patch.Width);
        using TrainingCase source = StepWork.Case(options, whole);
        using SampleMaker maker = new(options);
        float[] image = new float[patch.VoxelCount];
        byte[] classes = new byte[patch.VoxelCount];
        double smallest = double.PositiveInfinity;
        for (int round = 0; round <= rounds; round++)
        {
            double start = ThreadClock.Seconds;
            for (int n = 0; n < BatchesAMeasurement * options.BatchSize; n++)
            {
                SeededRandom random = new(options.Seed, n, stream: 2);
                maker.Fill(source, ref random, image, classes);
            }
            // The first series warms up.
            if (round > 0) smallest = Math.Min(smallest, (ThreadClock.Seconds - start) / BatchesAMeasurement);
        }
        return smallest;
    }
}
