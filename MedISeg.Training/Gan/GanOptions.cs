using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Gan;

/// <summary>Everything that decides a generator beyond the training that it is for; docs/schemas/train-gan.schema.json.</summary>
public sealed record GanOptions
{
    /// <summary>1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Channels of each level of the generator, a U-Net, 2 to 8 levels. Default 32, 64, 128, 256.</summary>
    public IReadOnlyList<int> Features { get; init; } = [32, 64, 128, 256];

    /// <summary>Channels of the discriminator's convolutions, each of which halves the sides, 1 to 6 of them. Default 32, 64, 128.</summary>
    public IReadOnlyList<int> DiscriminatorFeatures { get; init; } = [32, 64, 128];

    /// <summary>Changes of the training's patches, for learning and for the masks of the pairs. Default gt-aug-b.</summary>
    public IReadOnlyList<AugmentationOperation> Operations { get; init; } = [AugmentationOperation.GtAugB];

    /// <summary>Patches a step, at least 1. Default 4.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Steps of the whole training, at least 1. Default 10000.</summary>
    public int Steps { get; init; } = 10000;

    /// <summary>Steps between checkpoints, at least 1. Default 500.</summary>
    public int StepsPerEpoch { get; init; } = 500;

    /// <summary>Learning rate of both networks, above 0. Default 2e-4.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Decay of Adam's mean gradient, in [0, 1). Default 0.5.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Weight of the mean absolute difference to the real image beside the adversarial loss, at least 0. Default 100.</summary>
    public double L1Weight { get; init; } = 100;

    /// <summary>Pairs to write, at least 1. Default 200.</summary>
    public int Pairs { get; init; } = 200;

    /// <summary>Threads of the tensor library; 0: one a core. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>Adam of both networks.</summary>
    internal OptimiserOptions Optimiser() => new()
    {
        Kind = OptimiserKind.Adam, LearningRate = LearningRate, Beta1 = Beta1, WeightDecay = 0, GradientNorm = null, Schedule = ScheduleKind.Constant,
    };

    /// <summary>The training with the patches that the generator learns from.</summary>
    internal TrainOptions Patches(TrainOptions training) => training with { Augmentation = new AugmentationOptions { Operations = Operations } };

    /// <summary>Throws when values do not fit the training.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>; every fault is named.</exception>
    internal void Check(TrainOptions training)
    {
        List<KeyError> errors = [.. Patches(training).Augmentation.Check(training.Network.Dimensionality)
            .Select(error => error with { Key = error.Key.Replace("augmentation.", "", StringComparison.Ordinal) })];
        int divisor = 1 << (Features.Count - 1);
        for (int axis = 0; axis < training.PatchSize.Count; axis++)
            if (training.PatchSize[axis] % divisor != 0)
                errors.Add(new KeyError("features", $"{Features.Count} levels need sides of patchSize that are multiples of {divisor}; patchSize[{axis}] is not. Name fewer levels."));
        if (errors.Count > 0)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The GAN options do not fit the training: {errors[0].Key}: {errors[0].Message}", errors);
    }
}
