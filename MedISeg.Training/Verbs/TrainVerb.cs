using System.CommandLine;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Verbs;

/// <summary><c>train</c>: data and options to a run folder with weights.</summary>
internal static class TrainVerb
{
    private static readonly Option<string[]> Data = new("--data")
    {
        Description = "Folder with images/*.nii.gz and labels/*.nii.gz of the same names; may be given several times.",
        Required = true,
    };
    private static readonly Option<string?> Validation = new("--validation") { Description = "Folder of validation cases, laid out alike. Without it, fold --fold of --data is held back." };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder: options.json, metrics.csv, checkpoints.", Required = true };
    private static readonly Option<string?> Config = new("--config") { Description = "Training options as JSON (docs/schemas/train.schema.json). Needed unless --resume." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue the run in --out from its newest checkpoint, with its own options." };
    private static readonly Option<string?> From = new("--from") { Description = "Start from the weights of another run folder of the same network." };
    private static readonly Option<string?> Encoder = new("--encoder") { Description = "Start from a pre-trained encoder that the verb import-weights wrote." };
    private static readonly Option<string?> Synthetic = new("--synthetic") { Description = "Folder of synthetic pairs that train-gan wrote for this fold; needed where augmentation.synthetic is set, also with --resume." };
    private static readonly Option<int?> Seed = new("--seed") { Description = "Overrides seed: weights, patches and folds follow it." };
    private static readonly Option<int?> Fold = new("--fold") { Description = "Overrides fold: the part that is validated on." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Overrides steps of the whole training." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Overrides threads; 0: one a core." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("train",
            "Trains a network. Every epoch writes a checkpoint and a line of metrics.csv; Ctrl-C writes a checkpoint and ends with code 130, " +
            "and --resume then gives the same weights as an uninterrupted training.")
        {
            Data, Validation, Out, Config, Resume, From, Encoder, Synthetic, Seed, Fold, Steps, Threads,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool resume = parsed.GetValue(Resume);
        string runPath = parsed.GetRequiredValue(Out);
        TrainOptions options = resume ? RunFolder.Open(runPath).ReadOptions() : ReadConfig(parsed);
        options = options with { Threads = parsed.GetValue(Threads) ?? options.Threads };
        string? encoder = parsed.GetValue(Encoder);
        if (encoder is not null && (resume || parsed.GetValue(From) is not null))
            throw new SegmentationException(ErrorCode.InvalidOption, "--encoder starts a new training; leave out --resume and --from.");
        if (encoder is not null) options = options with { Pretrained = PretrainedEncoder.Of(encoder) };
        (IReadOnlyList<DatasetCase> training, IReadOnlyList<DatasetCase> validation) = ListCases(parsed, options);
        if (!resume) options = IntesNorm.Resolve(options, training, cancellationToken);
        string? synthetic = parsed.GetValue(Synthetic);
        if ((synthetic is null) != (options.Augmentation.Synthetic is null))
            throw new SegmentationException(ErrorCode.InvalidOption,
                "--synthetic names the folder of pairs for augmentation.synthetic of the options; give both or neither.");
        if (synthetic is not null) SyntheticManifest.Read(synthetic).Check(options, training);
        RunFolder folder = resume ? RunFolder.Open(runPath) : RunFolder.Create(runPath, options);
        using Trainer trainer = new(options, folder);
        if (resume) trainer.Resume();
        else if (parsed.GetValue(From) is { } from) trainer.StartFrom(RunFolder.Open(from));
        else if (encoder is not null) trainer.StartFromEncoder(encoder);

        int loaded = 0;
        Console.WriteLine($"Reading {training.Count} training and {validation.Count} validation cases.");
        void Loaded()
        {
            int count = Interlocked.Increment(ref loaded);
            if (count % 50 == 0) Console.WriteLine($"{count} cases read.");
        }
        using CaseSet trainingCases = CaseSet.Load(training, options, Loaded, cancellationToken);
        using CaseSet validationCases = CaseSet.Load([.. validation.Take(options.ValidationCases)], options, Loaded, cancellationToken);
        using SyntheticPairs? pairs = synthetic is null ? null : SyntheticPairs.Load(synthetic, options, trainingCases.Cases, cancellationToken);
        trainer.Synthetic = pairs;
        bool finished = TrainProgressView.Show(trainer.StepsDone, options.Steps,
            progress => trainer.Run(trainingCases.Cases, validationCases.Cases, progress, cancellationToken));
        Console.WriteLine(finished
            ? "Done. Export the run with the verb export."
            : $"Stopped after step {trainer.StepsDone}; continue with --resume.");
        return finished ? ExitCodes.Success : ExitCodes.Cancelled;
    }

    private static TrainOptions ReadConfig(ParseResult parsed)
    {
        string path = parsed.GetValue(Config)
            ?? throw new SegmentationException(ErrorCode.InvalidOption, "Name the training options with --config, or continue a run with --resume.");
        TrainOptions options = TrainOptionsReader.Read(path);
        options = options with
        {
            Seed = parsed.GetValue(Seed) ?? options.Seed,
            Fold = parsed.GetValue(Fold) ?? options.Fold,
            Steps = parsed.GetValue(Steps) ?? options.Steps,
        };
        options.Check();
        return options;
    }

    private static (IReadOnlyList<DatasetCase> Training, IReadOnlyList<DatasetCase> Validation) ListCases(ParseResult parsed, TrainOptions options)
    {
        IReadOnlyList<DatasetCase> cases = [.. parsed.GetRequiredValue(Data).SelectMany(DatasetFolder.List)];
        return parsed.GetValue(Validation) is { } validation
            ? (cases, DatasetFolder.List(validation))
            : DatasetFolder.Split(cases, options.Folds, options.Fold, options.Seed);
    }
}
