using System.CommandLine;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Gan;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary><c>train-gan</c>: the training part of a fold to a generator and synthetic pairs for GANAug.</summary>
internal static class TrainGanVerb
{
    private static readonly Option<string> Out = new("--out") { Description = "Run folder: options.json, metrics.csv, examples.png, checkpoints; the pairs go to OUT/pairs.", Required = true };
    private static readonly Option<string?> Config = new("--config") { Description = "Options of the training that the pairs are for (docs/schemas/train.schema.json). Needed unless --resume." };
    private static readonly Option<string?> Gan = new("--gan") { Description = "Options of the generator as JSON (docs/schemas/train-gan.schema.json); without it the defaults." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Continue the run in --out from its newest checkpoint, with its own options." };
    private static readonly Option<int?> Seed = new("--seed") { Description = "Overrides seed of --config." };
    private static readonly Option<int?> Fold = new("--fold") { Description = "Overrides fold of --config: the part that the generator must not see." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Overrides steps of --gan." };
    private static readonly Option<int?> Pairs = new("--pairs") { Description = "Overrides pairs: how many are written; with --resume a finished run writes more." };
    private static readonly Option<int?> Threads = new("--threads") { Description = "Overrides threads of --gan; 0: one a core." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("train-gan",
            "Trains a generator that makes images from masks, on the training part of a fold alone, and writes pairs of mask and made image for " +
            "train --synthetic (GANAug). examples.png shows mask, made and real image side by side. Ctrl-C writes a checkpoint and ends with code " +
            "130; --resume then ends with the same pairs as an uninterrupted run.")
        {
            DataArguments.Data, DataArguments.Format, DataArguments.Splits, Out, Config, Gan, Resume, Seed, Fold, Steps, Pairs, Threads,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool resume = parsed.GetValue(Resume);
        string runPath = parsed.GetRequiredValue(Out);
        using IDisposable held = RunLock.Take(runPath);
        (TrainOptions training, GanOptions gan) = resume ? GanFolder.Open(runPath).ReadOptions() : ReadConfig(parsed);
        gan = GanOptionsReader.Checked(gan with { Threads = parsed.GetValue(Threads) ?? gan.Threads, Pairs = parsed.GetValue(Pairs) ?? gan.Pairs });
        training = training with { Data = DataArguments.Options(parsed, training.Data) };
        IReadOnlyList<DatasetCase> cases = DataArguments.Cases(parsed, training.Data);
        IReadOnlyList<DatasetCase> part = TrainVerb.SplitOf(parsed, training, cases, null, cancellationToken)!.Of(cases, training.Fold).Training;
        if (!resume) training = IntesNorm.Resolve(training, part, cancellationToken);
        gan.Check(training);
        SyntheticManifest manifest = SyntheticManifest.Of(training, part);
        if (resume && !SyntheticManifest.Read(runPath).Cases.SequenceEqual(manifest.Cases))
            throw new SegmentationException(ErrorCode.InvalidOption,
                "The training part is not that of the run; name the same --data and --splits, or start a new run in another folder.");

        GanFolder folder = resume ? GanFolder.Open(runPath) : GanFolder.Create(runPath, training, gan, manifest);
        using GanTrainer trainer = new(training, gan, folder);
        if (resume) trainer.Resume();
        Console.WriteLine($"Reading {part.Count} cases; {cases.Count - part.Count} others are left alone.");
        using CaseSet set = CaseSet.Load(part, training, () => { }, cancellationToken);
        if (!TrainProgressView.Show(trainer.StepsDone, gan.Steps, progress => trainer.Run(set.Cases, progress, cancellationToken)))
        {
            Console.WriteLine($"Stopped after step {trainer.StepsDone}; continue with --resume.");
            return ExitCodes.Cancelled;
        }
        CountProgressView.Show("pairs written", gan.Pairs, written => trainer.WritePairs(set.Cases, manifest, written, cancellationToken));
        Console.WriteLine($"Done: {gan.Pairs} pairs. Look at examples.png, then train with --synthetic {folder.PairsPath}.");
        return ExitCodes.Success;
    }

    private static (TrainOptions Training, GanOptions Gan) ReadConfig(ParseResult parsed)
    {
        TrainOptions training = TrainOptionsReader.Read(parsed.GetValue(Config)
            ?? throw new SegmentationException(ErrorCode.InvalidOption, "Name the options of the training with --config, or continue a run with --resume."));
        GanOptions gan = parsed.GetValue(Gan) is { } path ? GanOptionsReader.Read(path) : new GanOptions();
        training = training with { Seed = parsed.GetValue(Seed) ?? training.Seed, Fold = parsed.GetValue(Fold) ?? training.Fold };
        return (TrainOptionsReader.Checked(training), gan with { Steps = parsed.GetValue(Steps) ?? gan.Steps });
    }
}
