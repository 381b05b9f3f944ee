using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Benchmarks.Training;

/// <summary>A training step that is timed: a U-Net of widths 32 to 320, Dice and cross-entropy, SGD with momentum and a limit of the gradient.</summary>
internal static class StepWork
{
    private const int Seed = 7;

    /// <summary>Names of the works.</summary>
    public const string Plane = "2d", Volume = "3d", QuickPlane = "2d-quick", QuickVolume = "3d-quick";

    /// <summary>Options of a work.</summary>
    /// <exception cref="ArgumentException">No such name.</exception>
    public static TrainOptions Options(string name) => name switch
    {
        Plane => Of(NormKind.Batch, 8, [256, 256]),
        Volume => Of(NormKind.Instance, 2, [64, 64, 64]),
        QuickPlane => Of(NormKind.Batch, 4, [128, 128]),
        QuickVolume => Of(NormKind.Instance, 2, [32, 32, 32]),
        _ => throw new ArgumentException($"There is no work {name}.", nameof(name)),
    };

    /// <summary>A case with balls of two classes in noise.</summary>
    /// <param name="options">Say how many classes and channels.</param>
    /// <param name="grid">Extent.</param>
    public static TrainingCase Case(TrainOptions options, GridSize grid)
    {
        SeededRandom random = new(Seed, 0, 0);
        float[] image = new float[grid.VoxelCount];
        byte[] classes = new byte[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int n = (int)grid.Offset(k, j, i);
                    double wave = Math.Sin(k / 7.0) + Math.Sin(j / 11.0) + Math.Sin(i / 13.0);
                    classes[n] = (byte)(wave > 1.5 ? 1 : wave < -1.8 ? 2 : 0);
                    image[n] = (float)(Half)(classes[n] + 0.3 * random.NextGaussian());
                }
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [image], classes, options.Classes.Count);
    }

    /// <summary>Writes the first weights, the batch and its labels for a peer, which then has the same losses.</summary>
    public static void Write(string name, string path)
    {
        TrainOptions options = Options(name);
        using NetworkWeights weights = new(Network.Of(options.NetworkWithChannels()).Parameters, trainable: false);
        weights.Initialise(options.Seed);
        IReadOnlyDictionary<string, float[]> values = weights.ToArrays();
        GridSize grid = options.Patch();
        using TrainingCase source = Case(options, grid);
        float[] image = [.. source.Intensities(0).ToArray().Select(v => (float)v)], labels = [.. source.Classes.ToArray().Select(c => (float)c)];
        long[] shape = [.. options.PatchSize.Select(side => (long)side)];
        SafeTensors.Write(path,
            [.. weights.Parameters.Select(p => (p.Name, p.Shape, (ReadOnlyMemory<float>)values[p.Name])), ("image", shape, image), ("labels", shape, labels)],
            new Dictionary<string, string> { ["batch"] = $"{options.BatchSize}" });
    }

    private static TrainOptions Of(NormKind norm, int batch, int[] patch) => new()
    {
        Task = "speed",
        Inputs = [new ModelInput { Name = "image" }],
        Grid = new ModelGrid { Orientation = null, Spacing = null },
        Intensity = [new ClipStep(-1, 3)],
        Classes = [new ModelClass { Id = 0, Name = "background" }, new ModelClass { Id = 1, Name = "high" }, new ModelClass { Id = 2, Name = "low" }],
        Network = new UNetOptions { Dimensionality = patch.Length, Features = [32, 64, 128, 256, 320], Norm = norm },
        PatchSize = patch,
        BatchSize = batch,
        Steps = 10000,
        Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.01, WeightDecay = 3e-5, Schedule = ScheduleKind.Constant },
        Threads = 1,
    };
}
