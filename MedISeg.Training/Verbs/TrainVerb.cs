using System.CommandLine;
using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Caching;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Reports;
using MedISeg.Training.Runtime;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Verbs;

/// <summary><c>train</c>: data and options to a run folder with weights.</summary>
internal static class TrainVerb
{
    internal static readonly Option<string?> Validation = new("--validation") { Description = "Folder of validation cases, laid out alike. Without it, fold --fold of --splits is held back, or of folds made by the seed." };
    private static readonly Option<string> Out = new("--out") { Description = "Run folder: options.json, metrics.csv, report.html, checkpoints.", Required = true };
    internal static readonly Option<string?> Config = new("--config") { Description = "Training options as JSON (docs/schemas/train.schema.json). Needed unless --resume." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue the run in --out from its newest checkpoint, with its own options; others than those it began with are refused." };
    private static readonly Option<string?> From = new("--from") { Description = "Start from the weights of another run folder of the same network." };
    private static readonly Option<string?> Encoder = new("--encoder") { Description = "Start from a pre-trained encoder that the verb import-weights or pretrain wrote." };
    private static readonly Option<string?> Synthetic = new("--synthetic") { Description = "Folder of synthetic pairs that train-gan wrote for this fold; needed where augmentation.synthetic is set, also with --resume." };
    internal static readonly Option<int?> Seed = new("--seed") { Description = "Overrides seed: weights, patches and folds follow it." };
    internal static readonly Option<int?> Fold = new("--fold") { Description = "Overrides fold: the part that is validated on." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Overrides steps of the whole training." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Overrides threads; 0: one a core." };
    private static readonly Option<string?> Cache = new("--cache") { Description = "Folder of prepared cases (verb prepare): mapped instead of held in memory; what is missing is prepared. Several trainings may share it." };

    private static readonly Option<bool> WithParent = new("--stop-with-parent") { Description = "Stop as by Ctrl-C when standard input ends.", Hidden = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("train",
            "Trains a network. Every epoch writes a checkpoint and a line of metrics.csv; Ctrl-C writes a checkpoint and ends with code 130, " +
            "and --resume then gives the same weights as an uninterrupted training. Code 4: loss, gradient or weights became infinite or undefined; " +
            "the message names step and cases, and the last good checkpoint is kept.")
        {
            DataArguments.Data, DataArguments.Format, DataArguments.Splits, Validation, Out, Config, Resume, From, Encoder, Synthetic, Seed, Fold, Steps, Threads, Cache, WithParent,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled =>
        {
            using ParentWatch parent = new(parsed.GetValue(WithParent), cancelled);
            using IDisposable held = RunLock.Take(parsed.GetRequiredValue(Out));
            return Run(parsed, parent.Token);
        }, token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool resume = parsed.GetValue(Resume);
        string runPath = parsed.GetRequiredValue(Out);
        TrainOptions options = resume ? ReadRun(parsed, runPath) : ReadConfig(parsed);
        options = TrainOptionsReader.Checked(options with { Threads = parsed.GetValue(Threads) ?? options.Threads });
        string? encoder = parsed.GetValue(Encoder);
        if (encoder is not null && (resume || parsed.GetValue(From) is not null))
            throw new SegmentationException(ErrorCode.InvalidOption, "--encoder starts a new training; leave out --resume and --from.");
        if (resume && parsed.GetValue(From) is not null)
            throw new SegmentationException(ErrorCode.InvalidOption, "--from starts a new training; leave it out or leave out --resume.");
        if (encoder is not null) options = options with { Pretrained = PretrainedEncoder.Of(encoder) };
        ((IReadOnlyList<DatasetCase> training, IReadOnlyList<DatasetCase> validation, IReadOnlyList<DatasetCase> test), DataSplit? split) =
            PartsOf(parsed, options, resume ? RunFolder.Open(runPath) : null, cancellationToken);
        if (parsed.GetValue(From) is { } other) RunFolder.Open(other).RefuseSeen([.. validation, .. test]);
        if (encoder is not null && PretrainRun.WarningOf(encoder, [.. validation, .. test]) is { } warning) Console.WriteLine(warning);
        if (!resume) options = IntesNorm.Resolve(options, training, cancellationToken);
        string? synthetic = parsed.GetValue(Synthetic);
        if ((synthetic is null) != (options.Augmentation.Synthetic is null))
            throw new SegmentationException(ErrorCode.InvalidOption,
                "--synthetic names the folder of pairs for augmentation.synthetic of the options; give both or neither.");
        if (synthetic is not null) SyntheticManifest.Read(synthetic).Check(options, training);
        RunFolder folder = resume ? RunFolder.Open(runPath) : RunFolder.Create(runPath, options);
        if (!resume && split is not null) SplitFile.Write(folder.SplitPath, "cases", $"used by this run, validated on fold {options.Fold}", split);
        using Trainer trainer = new(options, folder);
        if (resume) trainer.Resume();
        if (trainer.IsFinished)
        {
            Console.WriteLine($"The run is finished: all {options.Steps} steps are done. Export it with the verb export, or start a new run --from it.");
            return ExitCodes.Success;
        }
        if (parsed.GetValue(From) is { } from) trainer.StartFrom(RunFolder.Open(from));
        else if (encoder is not null) trainer.StartFromEncoder(encoder);

        validation = Spread(validation, options.ValidationCases);
        Console.WriteLine($"Reading {training.Count} training and {validation.Count} validation cases{(test.Count > 0 ? $"; {test.Count} of the test set are left alone" : "")}.");
        using CaseSet loaded = Load([.. training, .. validation], options, parsed.GetValue(Cache), cancellationToken);
        IReadOnlyList<TrainingCase> trainingCases = [.. loaded.Cases.Take(training.Count)], validationCases = [.. loaded.Cases.Skip(training.Count)];
        using SyntheticPairs? pairs = synthetic is null ? null : SyntheticPairs.Load(synthetic, options, trainingCases, cancellationToken);
        trainer.Synthetic = pairs;
        RunReport.StoreData(folder, DataSummary.Of(trainingCases, validation.Count, options));
        bool finished = TrainProgressView.Show(trainer.StepsDone, options.Steps, progress => trainer.Run(
            trainingCases, validationCases, one =>
            {
                progress(one);
                if (one.Epoch is not null) RunReport.Write(folder);
            }, cancellationToken));
        if (finished && validationCases.Count > 0)
            using (CaseScorer scorer = trainer.ScoreExported())
                ValidationExamples.Write(folder, options, [.. validation.Select(c => c.Name)], validationCases, scorer, cancellationToken);
        RunReport.Write(folder);
        if (trainer.Times.Steps > 0) Console.WriteLine(trainer.Times.Text());
        Console.WriteLine(finished
            ? "Done. Look at report.html in the run folder; export the run with the verb export."
            : $"Stopped after step {trainer.StepsDone}; continue with --resume.");
        return finished ? ExitCodes.Success : ExitCodes.Cancelled;
    }

    /// <summary>Options of a new run: those of --config with what the command line overrides.</summary>
    internal static TrainOptions ReadConfig(ParseResult parsed)
    {
        string path = parsed.GetValue(Config)
            ?? throw new SegmentationException(ErrorCode.InvalidOption, "Name the training options with --config, or continue a run with --resume.");
        TrainOptions options = Overridden(parsed, TrainOptionsReader.Read(path));
        options.Check();
        return options;
    }

    /// <summary>What a training does with each case, and the split that says so.</summary>
    internal static (DataParts Parts, DataSplit? Split) PartsOf(ParseResult parsed, TrainOptions options, RunFolder? run, CancellationToken cancellationToken)
    {
        IReadOnlyList<DatasetCase> cases = DataArguments.Cases(parsed, options.Data);
        DataSplit? split = SplitOf(parsed, options, cases, run, cancellationToken);
        DataParts parts = split?.Of(cases, options.Fold) ?? DataParts.OfFolders(cases, DatasetFolder.List(parsed.GetRequiredValue(Validation)!, options.Data));
        if (run is null && options.Data.Exclude.Count > 0)
            DatasetFolder.CheckExcluded([.. parsed.GetRequiredValue(DataArguments.Data), .. parsed.GetValue(Validation) is { } folder ? [folder] : (string[])[]], options.Data, split);
        return (parts, split);
    }

    /// <summary>Reads and prepares cases, or maps them from a cache, and shows it.</summary>
    internal static CaseSet Load(IReadOnlyList<DatasetCase> cases, TrainOptions options, string? cacheFolder, CancellationToken cancellationToken)
    {
        CaseCache? cache = cacheFolder is null ? null : new CaseCache(cacheFolder, options);
        CaseSet? loaded = null;
        CountProgressView.Show("cases ready", cases.Count, done => loaded = CaseSet.Load(cases, options, done, cancellationToken, cache));
        if (cache is not null)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{cache.Prepared} cases prepared for the cache, {cases.Count - cache.Prepared} were there; {loaded!.Cases.Sum(c => c.Memory.Length) / 1e6:F1} MB."));
        return loaded!;
    }

    /// <summary>Options of a run that is resumed; those that the command line names must be the same.</summary>
    private static TrainOptions ReadRun(ParseResult parsed, string runPath)
    {
        TrainOptions run = RunFolder.Open(runPath).ReadOptions();
        TrainOptions asked = Overridden(parsed, parsed.GetValue(Config) is { } config ? TrainOptionsReader.Read(config) : run);
        bool filled = asked.Preparation.IntesNorm is not null && asked.Intensity.Count == 0;
        OptionChanges.Refuse(run, asked with { Pretrained = run.Pretrained, Intensity = filled ? run.Intensity : asked.Intensity });
        return run;
    }

    private static TrainOptions Overridden(ParseResult parsed, TrainOptions options) => options with
    {
        Seed = parsed.GetValue(Seed) ?? options.Seed,
        Fold = parsed.GetValue(Fold) ?? options.Fold,
        Steps = parsed.GetValue(Steps) ?? options.Steps,
        Data = DataArguments.Options(parsed, options.Data),
    };

    /// <summary>So many cases at even distances in the order of names, which often begin with the kind: the first ones would be of one kind.</summary>
    private static IReadOnlyList<DatasetCase> Spread(IReadOnlyList<DatasetCase> cases, int count) =>
        count >= cases.Count ? cases : [.. Enumerable.Range(0, count).Select(n => cases[(int)((long)n * cases.Count / count)])];

    /// <summary>The split of the run, of --splits, or made by the seed; null: a validation folder is named.</summary>
    internal static DataSplit? SplitOf(
        ParseResult parsed, TrainOptions options, IReadOnlyList<DatasetCase> cases, RunFolder? run, CancellationToken cancellationToken)
    {
        DataSplit? named = DataArguments.Split(parsed), stored = run is not null && File.Exists(run.SplitPath) ? SplitFile.Read(run.SplitPath) : null;
        if (parsed.GetValue(Validation) is not null)
            return named is null && stored is null
                ? null
                : throw new SegmentationException(ErrorCode.InvalidOption, "A split names the validation fold already; leave out --validation.");
        if (stored is not null && named?.IsSame(stored) == false)
            throw new SegmentationException(ErrorCode.InvalidOption, "The run was started with another split; leave out --splits, or start a new run.");
        if ((stored ?? named) is { } split)
        {
            HashSet<string> there = [.. cases.Select(c => c.Name), .. options.Data.Exclude];
            string[] missing = [.. split.Folds.SelectMany(fold => fold).Where(name => !there.Contains(name))];
            return missing.Length == 0
                ? split
                : throw new SegmentationException(ErrorCode.InvalidOption,
                    $"{missing.Length} cases of the split's folds are not in the data folders: {DatasetFolder.Names(missing)}; add them, or name them in data.exclude.");
        }
        return FoldMaker.Make(DataArguments.Strata(cases, cancellationToken), options.Folds, options.Seed);
    }
}
