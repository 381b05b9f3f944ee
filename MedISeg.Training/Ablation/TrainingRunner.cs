using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Ablation;

/// <summary>Trains, times and exports in child processes; what is done is not done again.</summary>
/// <param name="plan">Budget, and seeds, which are given here.</param>
/// <param name="folder">Output.</param>
/// <param name="data">Data folders.</param>
/// <param name="threads">Threads of each child.</param>
/// <param name="say">Takes lines of progress, from any thread.</param>
internal sealed class TrainingRunner(AblationPlan plan, AblationFolder folder, IReadOnlyList<string> data, int threads, Action<string> say)
{
    /// <summary>Package name and version; they are the same in all package roots.</summary>
    public const string PackageName = "ablation", PackageVersion = "1";

    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(3);

    /// <summary>Whether a training is done.</summary>
    public bool IsDone(TrainingConfig config, int fold, int seed) => File.Exists(AblationFolder.DonePath(folder.RunPath(config, fold, seed)));

    /// <summary>The pace of a configuration, if it is known.</summary>
    public RunTiming? TimingOf(TrainingConfig config) => AblationFolder.Read<RunTiming>(TimingPath(config));

    /// <summary>Takes the pace of a configuration by a short training on fold 0.</summary>
    public RunTiming Time(TrainingConfig config, CancellationToken cancellationToken)
    {
        if (TimingOf(config) is { } known) return known;
        string run = Path.Combine(folder.ConfigPath(config), "timing");
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        Directory.CreateDirectory(run);
        say($"{config.Name}: taking its time over {RunTiming.ProbeSteps} steps.");
        string options = Path.Combine(run, "probe.json");
        File.WriteAllText(options, RunTiming.ProbeOptions(config.Train).ToJsonString());
        (int code, long peak) = TrainerProcess.Run(
            TrainArguments(config, run, 0, plan.Seeds![0], ["--config", options, .. Encoder(config)]),
            Path.Combine(run, "log.txt"), _ => { }, cancellationToken);
        if (code != 0) throw Failed(config.Name, code, run);
        RunTiming timing = RunTiming.Of(Path.Combine(run, "metrics.csv"), peak, threads);
        AblationFolder.Write(TimingPath(config), timing);
        Directory.Delete(run, recursive: true);
        return timing;
    }

    /// <summary>Steps of a configuration by the plan's budget; one whose steps come within a tenth of the base's takes the base's, so that
    /// the noise of clocks is no difference.</summary>
    /// <param name="config">The configuration, timed where minutes count.</param>
    /// <param name="lead">That of the base.</param>
    public int StepsOf(TrainingConfig config, TrainingConfig lead)
    {
        if (plan.Minutes is not { } minutes) return config.Options.Steps;
        int own = Fit(config), first = Fit(lead);
        return Math.Abs(own - first) <= first / 10 ? first : own;

        int Fit(TrainingConfig one) => TimingOf(one)!.StepsIn(TimeSpan.FromMinutes(minutes), one.Options.StepsPerEpoch);
    }

    /// <summary>Trains to the end, from the newest checkpoint where there is one.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the training failed; its log says why.</exception>
    public void Train(TrainingConfig config, int fold, int seed, int steps, CancellationToken cancellationToken)
    {
        string run = folder.RunPath(config, fold, seed), part = $"{config.Name} {AblationFolder.Part(fold, seed)}";
        if (IsDone(config, fold, seed)) return;
        WaitForLock(run, part, cancellationToken);
        bool resume = File.Exists(Path.Combine(run, "checkpoints", "last.safetensors"));
        if (!resume && Directory.Exists(run)) Directory.Delete(run, recursive: true);
        Directory.CreateDirectory(run);
        string options = Path.Combine(folder.ConfigPath(config), Invariant($"train-{steps}.json"));
        JsonObject train = config.Train.DeepClone().AsObject();
        train["steps"] = steps;
        train["folds"] = folder.Split.Folds.Count;
        File.WriteAllText(options, train.ToJsonString());
        say($"{part}: {(resume ? "continuing" : "training")}, {steps} steps.");
        Stopwatch clock = Stopwatch.StartNew();
        (int code, long peak) = TrainerProcess.Run(
            TrainArguments(config, run, fold, seed, resume ? ["--resume"] : ["--config", options, .. Encoder(config)]),
            Path.Combine(run, "log.txt"), line =>
            {
                if (line.StartsWith("step ", StringComparison.Ordinal)) say($"{part}: {line}");
            }, cancellationToken);
        if (code != 0) throw Failed(part, code, run);
        AblationFolder.Write(AblationFolder.DonePath(run), new TrainingDone(steps, clock.Elapsed.TotalSeconds, peak));
    }

    /// <summary>Exports trainings as one package, and gives its root.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the export failed; its log says why.</exception>
    public string Export(TrainingConfig config, int fold, IReadOnlyList<int> seeds, CancellationToken cancellationToken)
    {
        string root = folder.PackageRoot(config, fold, string.Join('-', seeds), plan.Checkpoint);
        if (Directory.Exists(root)) return root;
        string draft = root + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        Directory.CreateDirectory(draft);
        string checkpoint = plan.Checkpoint == CheckpointRule.Last ? "last" : "best";
        (int code, _) = TrainerProcess.Run(
            ["export", .. seeds.SelectMany(seed => (string[])["--run", folder.RunPath(config, fold, seed)]), "--out", draft, "--name", PackageName,
                "--package-version", PackageVersion, "--checkpoint", checkpoint, "--all-views"],
            draft + ".log", _ => { }, cancellationToken);
        if (code != 0) throw new SegmentationException(ErrorCode.InvalidOption, $"{config.Name}, fold {fold}: the export ended with code {code}; {draft}.log says why.");
        File.Delete(draft + ".log");
        Directory.Move(draft, root);
        return root;
    }

    private string[] TrainArguments(TrainingConfig config, string run, int fold, int seed, IReadOnlyList<string> more) =>
    [
        "train", .. data.SelectMany(path => (string[])["--data", path]), "--splits", folder.SplitPath, "--out", run, "--threads", Invariant($"{threads}"),
        "--stop-with-parent", .. config.Synthetic is { } pairs ? (string[])["--synthetic", pairs.Replace("{fold}", Invariant($"{fold}"), StringComparison.Ordinal)] : [],
        .. more, .. more.Contains("--resume") ? [] : (string[])["--fold", Invariant($"{fold}"), "--seed", Invariant($"{seed}")],
    ];

    private string TimingPath(TrainingConfig config) => Path.Combine(folder.ConfigPath(config), "timing.json");

    private static string[] Encoder(TrainingConfig config) => config.Encoder is { } file ? ["--encoder", file] : [];

    /// <summary>A child of a killed ablation writes its checkpoint before it ends.</summary>
    private void WaitForLock(string run, string part, CancellationToken cancellationToken)
    {
        Stopwatch waiting = Stopwatch.StartNew();
        while (Directory.Exists(run))
        {
            using IDisposable? held = RunLock.TryTake(run);
            if (held is not null) return;
            if (waiting.Elapsed > LockPatience)
                throw new SegmentationException(ErrorCode.InvalidOption, $"{part}: another process still trains in its folder; stop it, then run ablate again.");
            if (waiting.ElapsedMilliseconds < 500) say($"{part}: waiting for the process of an earlier sitting.");
            cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(0.5));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static SegmentationException Failed(string part, int code, string run) =>
        new(ErrorCode.InvalidOption, $"{part}: the training ended with code {code}; {Path.Combine(run, "log.txt")} says why.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
