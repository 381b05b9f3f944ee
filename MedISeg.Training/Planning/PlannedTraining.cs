using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Losses;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Planning;

/// <summary>Makes a configuration the options of a training.</summary>
/// <remarks>Source: nnU-Net v2's trainer: loss, deep supervision, rule, rate, schedule and augmentation.</remarks>
internal static class PlannedTraining
{
    private const int StepsPerEpoch = 250, Epochs = 1000, ProcessorEpochs = 20;

    /// <summary>Complete, checked options.</summary>
    /// <param name="plan">Of the data set.</param>
    /// <param name="configuration">One of the plan's.</param>
    /// <param name="fingerprint">Of the data set.</param>
    /// <param name="options">What the plan was made for.</param>
    /// <param name="data">How the files are read.</param>
    /// <param name="seed">Of the training.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the names of inputs do not fit the data.</exception>
    public static TrainOptions Options(
        DatasetPlan plan, ConfigurationPlan configuration, DatasetFingerprint fingerprint, PlanOptions options, DataOptions data, int seed)
    {
        IReadOnlyList<string> names = Inputs(fingerprint, options);
        int steps = options.Steps ?? StepsPerEpoch * (options.Cpu ? ProcessorEpochs : Epochs);
        TrainOptions training = new()
        {
            Task = options.Task,
            Data = data,
            Inputs = [.. names.Select(name => new ModelInput { Name = name, Modality = ChannelScheme.Modality(name) })],
            Grid = new ModelGrid
            {
                Orientation = plan.Orientation,
                Spacing = fingerprint.Millimetres ? [.. configuration.Spacing.Select(mm => Math.Round(mm, 6))] : null,
                Interpolation = InterpolationKind.Cubic,
            },
            Intensity = ChannelScheme.Steps(names, fingerprint),
            Preparation = new PreparationOptions { Labels = LabelResampling.PerClass },
            Classes =
            [
                new ModelClass { Id = 0, Name = "background" },
                .. fingerprint.Labels.Where(label => label.Id != 0).Select(label => new ModelClass { Id = label.Id, Name = options.Classes.GetValueOrDefault(label.Id) ?? $"label-{label.Id}" }),
            ],
            Network = configuration.Network,
            PatchSize = configuration.PatchSize,
            BatchSize = configuration.BatchSize,
            Steps = steps,
            StepsPerEpoch = Math.Min(steps, StepsPerEpoch),
            Optimiser = options.Cpu
                ? new OptimiserOptions { LearningRate = 3e-3, WeightDecay = 1e-4, Schedule = ScheduleKind.Cosine, WarmupSteps = Math.Min(100, steps / 10) }
                : new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.01, Momentum = 0.99, WeightDecay = 3e-5, Schedule = ScheduleKind.Poly, PerEpoch = true },
            Loss = new LossOptions { BatchDice = configuration.BatchDice },
            DeepSupervision = Supervision(configuration.Network.Features.Count),
            Augmentation = new AugmentationOptions { Operations = [AugmentationOperation.NnuNet] },
            Seed = seed,
        };
        training.Check();
        return training;
    }

    /// <summary>Names of the channels: those asked for, or made up.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: more or fewer than the data have.</exception>
    public static IReadOnlyList<string> Inputs(DatasetFingerprint fingerprint, PlanOptions options)
    {
        int channels = fingerprint.Channels.Count;
        if (options.Inputs is { } asked)
            return asked.Count == channels
                ? asked
                : throw new SegmentationException(ErrorCode.InvalidOption, $"--inputs names {asked.Count} channels and the images have {channels}; name each one.");
        return !fingerprint.Millimetres && channels == 3 ? ["red", "green", "blue"] : [.. Enumerable.Range(1, channels).Select(c => $"input-{c}")];
    }

    /// <summary>Outputs of all levels on the way up, each with half the weight of the next finer one, but the coarsest, whose weight is 0 in
    /// nnU-Net: it is left out, which trains the same.</summary>
    private static DeepSupervisionOptions? Supervision(int levels)
    {
        int outputs = levels - 2;
        if (outputs < 2) return null;
        double[] weights = [.. Enumerable.Range(0, outputs).Select(output => Math.Pow(0.5, output))];
        return new DeepSupervisionOptions { Outputs = outputs, Weights = [.. weights.Select(weight => weight / weights.Sum())] };
    }
}
