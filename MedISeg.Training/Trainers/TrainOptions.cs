using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Trainers;

/// <summary>Everything that decides a training; docs/schemas/train.schema.json. Stored as options.json in the run folder.</summary>
public sealed record TrainOptions
{
    /// <summary>1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>What the network shall segment, one line.</summary>
    public required string Task { get; init; }

    /// <summary>How the files of the data are read.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Input channels in order.</summary>
    public required IReadOnlyList<ModelInput> Inputs { get; init; }

    /// <summary>The grid that the network sees.</summary>
    public required ModelGrid Grid { get; init; }

    /// <summary>Intensity steps in order.</summary>
    public required IReadOnlyList<IntensityStep> Intensity { get; init; }

    /// <summary>How cases are prepared beyond <see cref="Grid"/> and <see cref="Intensity"/>.</summary>
    public PreparationOptions Preparation { get; init; } = new();

    /// <summary>Classes in channel order; id 0 is background.</summary>
    public required IReadOnlyList<ModelClass> Classes { get; init; }

    /// <summary>The network; its input channels and classes follow <see cref="Inputs"/> and <see cref="Classes"/>.</summary>
    public required UNetOptions Network { get; init; }

    /// <summary>Voxels, (k, j, i) or (j, i).</summary>
    public required IReadOnlyList<int> PatchSize { get; init; }

    /// <summary>Patches a step, at least 1. Default 2.</summary>
    public int BatchSize { get; init; } = 2;

    /// <summary>Steps of the whole training, at least 1. Default 2000.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Steps between validations and checkpoints, at least 1. Default 250.</summary>
    public int StepsPerEpoch { get; init; } = 250;

    /// <summary>Validation cases scored after each epoch, at even distances in the order of names; 0: none. Default 10.</summary>
    public int ValidationCases { get; init; } = 10;

    /// <summary>Rule, rate and schedule.</summary>
    public OptimiserOptions Optimiser { get; init; } = new();

    /// <summary>Loss.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>Deep supervision (DeepS); null: off. Default null.</summary>
    public DeepSupervisionOptions? DeepSupervision { get; init; }

    /// <summary>Where patches are taken.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>How they are changed.</summary>
    public AugmentationOptions Augmentation { get; init; } = new();

    /// <summary>Decay a step of the running mean of the weights, which is validated and exported, in [0, 1); null: none. Default null.</summary>
    public double? EmaDecay { get; init; }

    /// <summary>Numbers that the network is computed in during training; validation and export are float32. Default float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Seed of weights, patches and folds. Default 2022.</summary>
    public int Seed { get; init; } = 2022;

    /// <summary>Parts into which the cases are split where no validation folder is given, at least 2. Default 5.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Part that is validated on, in 0..folds-1. Default 0.</summary>
    public int Fold { get; init; }

    /// <summary>Where the encoder's first weights came from; written by <c>train --encoder</c>. Null: drawn by the seed.</summary>
    public PretrainedEncoder? Pretrained { get; init; }

    /// <summary>Threads of the tensor library; 0: one a core. Default 0.</summary>
    public int Threads { get; init; }

    /// <summary>Threads that prepare batches ahead, 0 to 64; 0: a quarter of the cores, at least one. They do not change the result. Default 0.</summary>
    public int LoaderThreads { get; init; }

    /// <summary>The network with its channels and classes, and the patch's sides where it is bound to them.</summary>
    internal UNetOptions NetworkWithChannels() => Network with
    {
        InputChannels = Inputs.Count, Classes = Classes.Count, Sides = Network.Kind.HasPositions() ? PatchSize : null,
    };

    /// <summary>Threads that prepare batches, at least 1.</summary>
    internal int LoaderThreadsOrDefault() => LoaderThreads > 0 ? LoaderThreads : Math.Max(1, Environment.ProcessorCount / 4);

    /// <summary>Patch as a grid: one plane in 2-D.</summary>
    internal GridSize Patch() => PatchSize.Count == 3 ? new(PatchSize[0], PatchSize[1], PatchSize[2]) : new(1, PatchSize[0], PatchSize[1]);

    /// <summary>Throws when values do not fit together; single ranges are the schema's work.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>; every fault is named.</exception>
    internal void Check()
    {
        UNetOptions network = NetworkWithChannels();
        // The network's sides are the patch's, whose faults are named below.
        List<KeyError> errors = [.. network.Check().Where(error => error.Key != "network.sides")];
        if (PatchSize.Count != network.Dimensionality)
            errors.Add(new KeyError("patchSize", $"{network.Dimensionality} sides are needed, one a spatial axis."));
        else if (errors.Count == 0)
            for (int axis = 0; axis < PatchSize.Count; axis++)
                if (PatchSize[axis] < 1 || PatchSize[axis] % network.Divisor(axis) != 0)
                    errors.Add(new KeyError($"patchSize[{axis}]", $"A multiple of {network.Divisor(axis)} is needed, the product of the network's steps."));
        if (PatchSize.Aggregate((Int128)BatchSize * Math.Max(Inputs.Count, Classes.Count), (product, side) => product * side) > Array.MaxLength)
            errors.Add(new KeyError("patchSize", $"A batch may have at most {Array.MaxLength} numbers: voxels of the patch, times batchSize, times inputs or classes."));
        if ((long)Steps * Optimiser.Accumulate > int.MaxValue)
            errors.Add(new KeyError("steps", $"Steps times optimiser.accumulate may be {int.MaxValue} at most."));
        if (Classes.Count < 2 || Classes[0].Id != 0 || Classes.Select(c => c.Id).Distinct().Count() != Classes.Count)
            errors.Add(new KeyError("classes", "At least two classes with different ids are needed; the first is background, id 0."));
        if (Classes.Count > 256) errors.Add(new KeyError("classes", "At most 256 classes are allowed."));
        if (Fold < 0 || Fold >= Folds) errors.Add(new KeyError("fold", "A number in 0..folds-1 is needed."));
        errors.AddRange(Data.Check());
        errors.AddRange(Loss.Check(Classes.Count));
        if (DeepSupervision is not null && network.OutputLevels() < 2)
            errors.Add(new KeyError("deepSupervision", "Only u-net, genesis-u-net, res-u-net and dense-u-net kinds have extra outputs."));
        else errors.AddRange(DeepSupervision?.Check(network.OutputLevels()) ?? []);
        errors.AddRange(Augmentation.Check(network.Dimensionality));
        if (Optimiser.Schedule == ScheduleKind.Plateau && ValidationCases == 0)
            errors.Add(new KeyError("optimiser.schedule", "plateau follows the validation; set validationCases to at least 1 or choose another schedule."));
        if (Grid.Size is not null && Grid.Size.Count != network.Dimensionality)
            errors.Add(new KeyError("grid.size", $"{network.Dimensionality} sides are needed, one a spatial axis."));
        ManifestValidator.CheckSize(Grid, errors);
        if (Grid.Crop != CropKind.None) errors.Add(new KeyError("grid.crop", "Only none is trained: patches see the whole image."));
        if (errors.Count > 0)
            throw new SegmentationException(
                ErrorCode.InvalidOption, $"The training options do not fit together: {errors[0].Key}: {errors[0].Message}", errors);
    }
}
