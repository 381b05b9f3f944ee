using System.CommandLine;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Verbs;

/// <summary><c>pretrain</c>: images without labels to an encoder that <c>train --encoder</c> takes.</summary>
internal static class PretrainVerb
{
    private static readonly Dictionary<string, PretrainMethod> Methods = new()
    {
        ["models-genesis"] = PretrainMethod.ModelsGenesis, ["simclr"] = PretrainMethod.SimClr, ["moco-v2"] = PretrainMethod.MocoV2, ["mae"] = PretrainMethod.Mae,
    };

    private static readonly Option<int?> Fold = new("--fold") { Description = "Fold of --splits that is left out like its test set, so that a training may be validated on it." };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder: options.json, metrics.csv, checkpoints, and at the end encoder.safetensors.", Required = true };
    private static readonly Option<string?> Config = new("--config") { Description = "Options of the training that will follow, as JSON (docs/schemas/train.schema.json): its network, inputs, grid, intensity, patch and threads are taken. Needed unless --resume." };
    private static readonly Option<string?> Settings = new("--settings") { Description = "Pre-training options as JSON (docs/schemas/pretrain.schema.json): method, batch size, steps, optimiser and the settings of each method. Default: those of the schema." };
    private static readonly Option<string?> Method = CreateMethod();
    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue the run in --out from its newest checkpoint, with its own options and images; --splits and --fold are not needed again." };
    private static readonly Option<int?> Seed = new("--seed") { Description = "Overrides seed." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Overrides steps." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Overrides threads of --config; 0: one a core." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("pretrain",
            "Learns an encoder from images, for train --encoder; labels are not needed and not read. Leave out the images that you test on, by --splits. models-genesis: any u-net restores disturbed images, and all but its head " +
            "is kept. simclr, moco-v2: the encoder of a u-net, res-u-net-*, dense-u-net-* or genesis-u-net learns to recognise two views of one image. mae: " +
            "vit-u-net-* fills in blocks that it does not see. Ctrl-C writes a checkpoint and ends with code 130; --resume goes on.")
        {
            DataArguments.Data, DataArguments.Format, DataArguments.Splits, Fold, Config, Settings, Method, Out, Resume, Seed, Steps, Threads,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool resume = parsed.GetValue(Resume);
        string path = parsed.GetRequiredValue(Out);
        using IDisposable held = RunLock.Take(path);
        (PretrainOptions options, TrainOptions training) = resume ? Stored(path) : Given(parsed);
        training = TrainOptionsReader.Checked(training with { Threads = parsed.GetValue(Threads) ?? training.Threads });
        DataOptions data = DataArguments.Options(parsed, training.Data);
        // Labels that are there are not read.
        IReadOnlyList<DatasetCase> cases =
            [.. parsed.GetRequiredValue(DataArguments.Data).SelectMany(one => DatasetFolder.List(one, data, labelled: false)).Select(one => one with { Labels = null })];
        if (resume) cases = PretrainRun.Images(RunFolder.Open(path), cases);
        else if (DataArguments.Split(parsed) is { } split) cases = split.Without(cases, parsed.GetValue(Fold));
        else if (parsed.GetValue(Fold) is not null) throw new SegmentationException(ErrorCode.InvalidOption, "--fold names a part of --splits; add it.");
        RunFolder folder = resume ? RunFolder.Open(path) : PretrainRun.Create(path, options, training, cases);
        using Pretrainer trainer = new(options, training, folder);
        if (resume) trainer.Resume();

        CaseSet? images = null;
        CountProgressView.Show("images read", cases.Count, loaded => images = CaseSet.Load(cases, training, loaded, cancellationToken));
        using CaseSet read = images!;
        bool finished = TrainProgressView.Show(trainer.StepsDone, options.Steps, progress => trainer.Run(read.Cases, progress, cancellationToken));
        if (!finished)
        {
            Console.WriteLine($"Stopped after step {trainer.StepsDone}; continue with --resume.");
            return ExitCodes.Cancelled;
        }
        PretrainedEncoder encoder = trainer.WriteEncoder(PretrainRun.EncoderPath(folder), cases.Count);
        Console.WriteLine($"Done: {encoder.Source} on {encoder.Images} images, sha256 {encoder.Sha256}. Start a training with --encoder {PretrainRun.EncoderPath(folder)}.");
        return ExitCodes.Success;
    }

    private static (PretrainOptions Options, TrainOptions Training) Stored(string path)
    {
        (_, PretrainOptions options, TrainOptions training) = PretrainRun.Open(path);
        return (options, training);
    }

    private static (PretrainOptions Options, TrainOptions Training) Given(ParseResult parsed)
    {
        string config = parsed.GetValue(Config)
            ?? throw new SegmentationException(ErrorCode.InvalidOption, "Name the options of the training that will follow with --config, or continue a run with --resume.");
        TrainOptions training = TrainOptionsReader.Read(config);
        if (training.Preparation.IntesNorm is not null && training.Intensity.Count == 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                "preparation.intesNorm is filled from labelled cases; put the steps into intensity, for instance those of a run's options.json.");
        PretrainOptions options = parsed.GetValue(Settings) is { } settings ? PretrainRun.ReadOptions(settings) : new PretrainOptions();
        options = options with
        {
            Method = parsed.GetValue(Method) is { } method ? Methods[method] : options.Method,
            Seed = parsed.GetValue(Seed) ?? options.Seed,
            Steps = parsed.GetValue(Steps) ?? options.Steps,
        };
        return (PretrainRun.Checked(options), training);
    }

    private static Option<string?> CreateMethod()
    {
        Option<string?> option = new("--method") { Description = "Overrides method." };
        return option.AcceptOnlyFromAmong([.. Methods.Keys]);
    }
}
