using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Pretraining;

/// <summary>What decides a pre-training beside the options of the training that it is for; docs/schemas/pretrain.schema.json.</summary>
public sealed record PretrainOptions
{
    /// <summary>1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Method. Default models-genesis.</summary>
    public PretrainMethod Method { get; init; }

    /// <summary>Images a step, at least 1; at least 2 for simclr. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Steps in all, at least 1. Default 2000.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Steps between checkpoints and lines of metrics.csv, at least 1. Default 250.</summary>
    public int StepsPerEpoch { get; init; } = 250;

    /// <summary>Rule, rate and schedule.</summary>
    public OptimiserOptions Optimiser { get; init; } = new();

    /// <summary>models-genesis.</summary>
    public RestorationOptions Restoration { get; init; } = new();

    /// <summary>simclr and moco-v2.</summary>
    public ContrastOptions Contrast { get; init; } = new();

    /// <summary>mae.</summary>
    public MaskingOptions Masking { get; init; } = new();

    /// <summary>Seed of weights, patches and disturbances. Default 2022.</summary>
    public int Seed { get; init; } = 2022;

    /// <summary>Throws when values do not fit together; single ranges are the schema's work.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>; every fault is named.</exception>
    internal void Check()
    {
        List<KeyError> errors = [];
        if (Optimiser.Schedule == ScheduleKind.Plateau)
            errors.Add(new KeyError("optimiser.schedule", "plateau follows a validation, which pre-training has not; choose another schedule."));
        if (Optimiser.Accumulate > 1)
            errors.Add(new KeyError("optimiser.accumulate", "Pre-training takes one batch a step; raise batchSize."));
        if (Method == PretrainMethod.SimClr && BatchSize < 2)
            errors.Add(new KeyError("batchSize", "simclr needs at least 2 images to tell apart."));
        if (Method == PretrainMethod.MocoV2 && Contrast.Queue % BatchSize != 0)
            errors.Add(new KeyError("contrast.queue", "A multiple of batchSize is needed."));
        if (Masking.DecoderWidth % 4 != 0 || Masking.DecoderWidth % Masking.DecoderHeads != 0)
            errors.Add(new KeyError("masking.decoderWidth", "A multiple of four and of decoderHeads is needed."));
        if (errors.Count > 0)
            throw new SegmentationException(
                ErrorCode.InvalidOption, $"The pre-training options do not fit together: {errors[0].Key}: {errors[0].Message}", errors);
    }

    /// <summary>The network of a training as it is pre-trained: nothing is dropped, and restoring gives as many channels as the image has.</summary>
    internal static UNetOptions NetworkOf(TrainOptions training)
    {
        UNetOptions network = training.NetworkWithChannels();
        return network with { Classes = network.InputChannels, Dropout = network.Kind.HasDropout() ? 0 : network.Dropout };
    }
}
