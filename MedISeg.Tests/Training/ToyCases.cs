using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training;

/// <summary>Small volumes with a bright block (class 1, id 1) and a dark one (class 2, id 5) in noise.</summary>
internal static class ToyCases
{
    public static TrainOptions Options => new()
    {
        Task = "blocks",
        Inputs = [new ModelInput { Name = "ct" }],
        Grid = new ModelGrid { Orientation = "LPS", Spacing = [2, 2, 2] },
        Intensity = [new ClipStep(-100, 100), new ZScoreStep(0, 50)],
        Classes = [new ModelClass { Id = 0, Name = "background" }, new ModelClass { Id = 1, Name = "bright" }, new ModelClass { Id = 5, Name = "dark" }],
        Network = new UNetOptions { Features = [4, 8], Convolutions = [1] },
        PatchSize = [8, 8, 8],
        Steps = 30,
        StepsPerEpoch = 15,
        ValidationCases = 1,
        Optimiser = new OptimiserOptions { LearningRate = 0.02, WeightDecay = 0 },
        Threads = 1,
    };

    /// <summary>Image in HU and truth in ids.</summary>
    public static (Volume Image, LabelMap Truth) Make(int seed, GridSize grid, double spacing = 2)
    {
        SeededRandom random = new(seed, 0, 99);
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(grid, new SpacingMm(spacing, spacing, spacing));
        short[] image = new short[grid.VoxelCount];
        byte[] labels = new byte[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    byte label = (byte)(k < grid.Depth / 2 && j < grid.Height / 2 && i >= 2 ? 1 : k >= grid.Depth - 3 && i < 4 ? 5 : 0);
                    int n = (int)grid.Offset(k, j, i);
                    labels[n] = label;
                    image[n] = (short)((label == 1 ? 60 : label == 5 ? -60 : 0) + 8 * random.NextGaussian());
                }
        return (new Volume(geometry, [image]), new LabelMap(geometry, labels));
    }

    public static TrainingCase Case(int seed, GridSize grid)
    {
        (Volume image, LabelMap truth) = Make(seed, grid);
        return new CaseLoader(Options).Prepare(image, truth, CancellationToken.None);
    }

    /// <summary>Writes cases as a data folder: images/N.nii.gz and labels/N.nii.gz.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="count">How many.</param>
    /// <param name="grid">Extent of case n.</param>
    public static void Write(string folder, int count, Func<int, GridSize> grid)
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        Directory.CreateDirectory(Path.Combine(folder, "labels"));
        for (int n = 0; n < count; n++)
        {
            (Volume image, LabelMap truth) = Make(n, grid(n));
            using FileStream images = File.Create(Path.Combine(folder, "images", $"{n}.nii.gz")), labels = File.Create(Path.Combine(folder, "labels", $"{n}.nii.gz"));
            NiftiWriter.Write(images, image, gzip: true);
            NiftiWriter.Write(labels, truth, gzip: true);
        }
    }

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("mediseg-training-").FullName;
}
