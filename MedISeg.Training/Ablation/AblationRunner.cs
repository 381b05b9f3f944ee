using System.Collections.Concurrent;
using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;

namespace MedISeg.Training.Ablation;

/// <summary>Runs what a plan asks for and is not done yet: trainings in parallel processes, scores as soon as their trainings are there.</summary>
internal sealed class AblationRunner
{
    /// <summary>Share of the free memory that trainings may take.</summary>
    private const double MemoryShare = 0.8;

    private readonly AblationPlan _plan;
    private readonly AblationFolder _folder;
    private readonly RowResolver _resolver;
    private readonly TrainingRunner _trainings;
    private readonly RowScorer _scorer;
    private readonly int _folds, _threads;
    private readonly int? _parallel;
    private readonly Action<string> _say;
    private readonly ConcurrentDictionary<string, string> _failures = [];

    /// <summary>Reads the rows of the plan; a fault in any of them is met here.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">Output.</param>
    /// <param name="data">Data folders.</param>
    /// <param name="cases">Cases of the data folders; those of the test set are left out here.</param>
    /// <param name="parallel">Trainings at a time; null: by cores and memory.</param>
    /// <param name="say">Takes lines of progress, from any thread.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the plan does not fit the split, or a row cannot be used.</exception>
    public AblationRunner(
        AblationPlan plan, AblationFolder folder, IReadOnlyList<string> data, IReadOnlyList<DatasetCase> cases, int? parallel, Action<string> say)
    {
        _folder = folder;
        _parallel = parallel;
        _say = say;
        _folds = plan.Folds ?? folder.Split.Folds.Count;
        if (_folds > folder.Split.Folds.Count)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The plan asks for {_folds} folds, but the split has {folder.Split.Folds.Count}.");
        _resolver = new RowResolver(plan);
        _plan = plan = plan with { Seeds = plan.Seeds ?? [_resolver.Options.Seed] };
        Rows = _resolver.Rows();
        _threads = Math.Max(1, Environment.ProcessorCount / (parallel ?? Math.Min(Environment.ProcessorCount, _folds)));
        HashSet<string> test = [.. folder.Split.Test];
        DatasetCase[] usable = [.. cases.Where(one => !test.Contains(one.Name))];
        _trainings = new TrainingRunner(plan, folder, data, _threads, say);
        _scorer = new RowScorer(plan, folder, usable, _trainings, _threads);
        Cases = usable;
    }

    /// <summary>Rows of the plan, the base first; those that are made of others come when these are scored.</summary>
    public IReadOnlyList<AblationRow> Rows { get; private set; }

    /// <summary>All cases but those of the test set.</summary>
    public IReadOnlyList<DatasetCase> Cases { get; }

    /// <summary>Folds of the split; the first ones are run.</summary>
    public int SplitFolds => _folder.Split.Folds.Count;

    /// <summary>Folds that are run, from 0.</summary>
    public int Folds => _folds;

    /// <summary>What went wrong, by row.</summary>
    public IReadOnlyDictionary<string, string> Failures => _failures;

    /// <summary>Does what is left.</summary>
    /// <exception cref="OperationCanceledException">It was stopped; what is done stays done.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        Prepare(isEstimated: false, cancellationToken);
        RunRows(Rows, cancellationToken);
        foreach (string name in _resolver.CombinedNames())
        {
            if (Combined(name) is not { } row)
            {
                _say($"{name}: it waits for the other rows.");
                continue;
            }
            Rows = [.. Rows, row];
            if (_plan.Minutes is not null) Try([row], () => _trainings.Time(row.Training, cancellationToken));
            RunRows([row], cancellationToken);
        }
    }

    /// <summary>Takes the times that parallel work and budget need.</summary>
    /// <param name="isEstimated">Whether the base is timed even if they need it not.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Prepare(bool isEstimated, CancellationToken cancellationToken)
    {
        bool isTimed = _plan.Minutes is not null;
        if (isTimed || isEstimated || _parallel is null) _trainings.Time(_resolver.Base.Training, cancellationToken);
        if (!isTimed) return;
        foreach (IGrouping<string, AblationRow> rows in Rows.GroupBy(row => row.Training.Key))
            Try([.. rows], () => _trainings.Time(rows.First().Training, cancellationToken));
    }

    /// <summary>Adds rows that are made of others, if they were run before.</summary>
    public void AddCombined() => Rows = [.. Rows, .. _resolver.CombinedNames().Select(Combined).Where(row => row is not null).Select(row => row!)];

    /// <summary>Drops all scores; label maps stay.</summary>
    public void ForgetScores() => _folder.ForgetScores();

    /// <summary>Scores what can be scored without training.</summary>
    public void ScoreReady(CancellationToken cancellationToken) => ScoreReady(Rows, [], cancellationToken);

    /// <summary>The trainings that are left, in the order they are made.</summary>
    public IReadOnlyList<PlannedTraining> Left(IReadOnlyList<AblationRow> rows) =>
    [
        .. Enumerable.Range(0, _folds).SelectMany(fold => rows.SelectMany(row => _scorer.SeedsOf(row).Select(seed => new PlannedTraining(row.Training, fold, seed))))
            .DistinctBy(t => (t.Config.Key, t.Fold, t.Seed)).Where(t => !_trainings.IsDone(t.Config, t.Fold, t.Seed)),
    ];

    /// <summary>Time of trainings as far as it is known: a configuration that was not timed is taken for the base.</summary>
    public TimeSpan? TimeOf(IReadOnlyList<PlannedTraining> trainings)
    {
        if (_plan.Minutes is { } minutes) return TimeSpan.FromMinutes(minutes * trainings.Count) / Parallel();
        if (_trainings.TimingOf(_resolver.Base.Training) is not { } lead) return null;
        return trainings.Aggregate(TimeSpan.Zero, (sum, t) =>
            sum + (_trainings.TimingOf(t.Config) ?? lead).TimeOf(t.Config.Options.Steps, t.Config.Options.StepsPerEpoch)) / Parallel();
    }

    /// <summary>Trainings at a time: as asked, or by folds, cores and the memory that the base took.</summary>
    public int Parallel()
    {
        if (_parallel is { } asked) return asked;
        int most = Math.Min(Environment.ProcessorCount, _folds);
        if (_trainings.TimingOf(_resolver.Base.Training) is not { PeakBytes: > 0 } timing) return most;
        return (int)Math.Clamp(FreeMemory() * MemoryShare / timing.PeakBytes, 1, most);
    }

    /// <summary>Bytes that new processes can take; where the system does not say, all that we may have.</summary>
    private static long FreeMemory()
    {
        const string File = "/proc/meminfo", Key = "MemAvailable:";
        long most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        string? line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is not null && long.TryParse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out long kib)
            ? Math.Min(most, kib * 1024)
            : most;
    }

    /// <summary>Steps and pace of a row's training; null: not known.</summary>
    public (int Steps, RunTiming? Timing) BudgetOf(AblationRow row)
    {
        RunTiming? timing = _trainings.TimingOf(row.Training);
        bool isKnown = _plan.Minutes is null || (timing is not null && _trainings.TimingOf(_resolver.Base.Training) is not null);
        return (isKnown ? _trainings.StepsOf(row.Training, _resolver.Base.Training) : 0, timing);
    }

    /// <summary>The scores of a row that are there, by fold.</summary>
    public IReadOnlyList<FoldScores> ScoresOf(AblationRow row) =>
        [.. Enumerable.Range(0, _folds).Select(fold => _scorer.Stored(row, fold)).Where(scores => scores is not null).Select(scores => scores!)];

    /// <summary>Labels of a case by a row, as they were scored.</summary>
    public Imaging.Volumes.LabelMap LabelsOf(AblationRow row, int fold, string name, CancellationToken cancellationToken) =>
        _scorer.LabelsOf(row, fold, name, cancellationToken);

    private void RunRows(IReadOnlyList<AblationRow> rows, CancellationToken cancellationToken)
    {
        // A training whose time could not be taken has no steps; its rows have failed already.
        ConcurrentQueue<PlannedTraining> queue = new(Left(rows).Where(t => _plan.Minutes is null || _trainings.TimingOf(t.Config) is not null));
        ConcurrentDictionary<string, bool> claimed = [];
        int total = queue.Count, done = 0, parallel = Parallel();
        if (total > 0) _say(string.Create(CultureInfo.InvariantCulture, $"{total} trainings are left, {parallel} at a time with {_threads} thread(s) each{About(TimeOf([.. queue]))}."));
        ConcurrentQueue<Exception> faults = [];
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Thread[] workers = [.. Enumerable.Range(0, Math.Max(1, Math.Min(parallel, total))).Select(_ => new Thread(() =>
        {
            try
            {
                ScoreReady(rows, claimed, stop.Token);
                while (queue.TryDequeue(out PlannedTraining? next))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    AblationRow[] users = [.. rows.Where(row => row.Training.Key == next.Config.Key)];
                    if (!Try(users, () => _trainings.Train(next.Config, next.Fold, next.Seed, _trainings.StepsOf(next.Config, _resolver.Base.Training), stop.Token)))
                        continue;
                    _say($"{Interlocked.Increment(ref done)} of {total} trainings are done.");
                    ScoreReady(rows, claimed, stop.Token);
                }
            }
            catch (Exception fault)
            {
                // Kept for the thread that waits; the others stop as by Ctrl-C.
                faults.Enqueue(fault);
                stop.Cancel();
            }
        }) { Name = "ablation" })];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        if (faults.TryDequeue(out Exception? first)) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
    }

    private void ScoreReady(IReadOnlyList<AblationRow> rows, ConcurrentDictionary<string, bool> claimed, CancellationToken cancellationToken)
    {
        for (int fold = 0; fold < _folds; fold++)
            foreach (AblationRow row in rows)
            {
                int at = fold;
                if (_scorer.SeedsOf(row).Any(seed => !_trainings.IsDone(row.Training, at, seed)) || !claimed.TryAdd($"{row.Name}/{fold}", true)) continue;
                if (_scorer.Stored(row, fold) is not null) continue;
                Try([row], () =>
                {
                    _scorer.Score(row, at, cancellationToken);
                    _say($"{row.Name}, fold {at}: scored.");
                });
            }
    }

    /// <summary>Rows that fail do not stop the others.</summary>
    private bool Try(IReadOnlyList<AblationRow> rows, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (SegmentationException fault)
        {
            foreach (AblationRow row in rows) _failures[row.Name] = fault.Message;
            _say($"FAILED: {string.Join(", ", rows.Select(row => row.Name))}: {fault.Message}");
            return false;
        }
    }

    /// <summary>The row of all that helped; null: the base or a row that has not failed is not scored on all folds yet.</summary>
    private AblationRow? Combined(string name)
    {
        if (Rows.Any(row => (row == Rows[0] || !_failures.ContainsKey(row.Name)) && ScoresOf(row).Count < _folds)) return null;
        AblationTable table = AblationTable.Of(this);
        string[] helpful = [.. table.Rows.Where(row => row.Change?.Mean > 0 && row.Folds == _folds && row.Category != "combination")
            .OrderByDescending(row => row.Change!.Mean).Select(row => row.Name)];
        return _resolver.Combine(name, [.. helpful.Select(one => Rows.First(row => row.Name == one))]);
    }

    private static string About(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"; about {known.TotalHours:F1} h") : "";
}

/// <summary>One training to be made.</summary>
/// <param name="Config">What is trained.</param>
/// <param name="Fold">Held-out fold.</param>
/// <param name="Seed">Seed.</param>
internal sealed record PlannedTraining(TrainingConfig Config, int Fold, int Seed);
