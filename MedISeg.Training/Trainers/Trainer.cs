using System.Diagnostics;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Trainers;

/// <summary>Trains a network on cases in memory, with checkpoints; a resumed training ends with the weights of an uninterrupted one.</summary>
internal sealed class Trainer : IDisposable
{
    private const string EpochNote = "epoch", OptionsNote = "options", CasesNote = "cases";
    private readonly TrainOptions _options;
    private readonly RunFolder _folder;
    private readonly Network _network;
    private readonly SideHeads? _sides;
    private readonly NetworkWeights _weights;
    private readonly NetworkWeights? _mean;
    private readonly WeightUpdater _updater;
    private readonly PlateauSchedule _plateau;
    private readonly EpochSums _epoch = new();
    private int _step, _stored;
    private string? _cases;
    private StepTimes _epochStart;
    private double _best = double.NaN;

    /// <summary>Makes the network; seeds its weights.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="folder">Where checkpoints and metrics go.</param>
    public Trainer(TrainOptions options, RunFolder folder)
    {
        options.Check();
        _options = options;
        _folder = folder;
        TorchSharp.torch.set_num_threads(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
        _network = Network.Of(options.NetworkWithChannels());
        _sides = options.DeepSupervision is { } deep
            ? SideHeads.Of(_network, deep.OutputsOf(options.Network.OutputLevels()) - 1, options.Patch())
            : null;
        IReadOnlyList<ParameterInfo> parameters = [.. _network.Parameters, .. _sides?.Parameters ?? []];
        _weights = new NetworkWeights(parameters, trainable: true);
        _weights.Initialise(options.Seed);
        _mean = options.EmaDecay is null ? null : new NetworkWeights(parameters, trainable: false);
        _mean?.CopyFrom(_weights);
        _updater = new WeightUpdater(_weights, options.Optimiser);
        _plateau = new PlateauSchedule(options.Optimiser);
    }

    /// <summary>Steps done.</summary>
    public int StepsDone => _step;

    /// <summary>Best mean Dice on the validation cases; NaN: none yet.</summary>
    public double BestScore => _best;

    /// <summary>The trained weights: their running mean where the options ask for it; borrowed.</summary>
    public NetworkWeights Result => _mean ?? _weights;

    /// <summary>Where the time of this process's steps went.</summary>
    public StepTimes Times { get; private set; }

    /// <summary>Whether the last step is done and validated: there is nothing to resume.</summary>
    public bool IsFinished => _step >= _options.Steps && _epoch.IsEmpty;

    /// <summary>Pairs that now and then take the place of a training case; null: none. Borrowed.</summary>
    public SyntheticPairs? Synthetic { get; set; }

    /// <summary>Continues from the newest checkpoint.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it is missing, damaged, of another network, or of a
    /// training with other options, whose keys are named.</exception>
    public void Resume()
    {
        CheckpointState state = Checkpoint.Read(_folder.LastPath, _weights, _mean, _updater, _plateau);
        if (state.Notes.TryGetValue(OptionsNote, out string? options)) OptionChanges.Refuse(TrainOptionsReader.Parse(options), _options);
        if (state.Notes.TryGetValue(EpochNote, out string? epoch)) _epoch.Restore(epoch);
        _cases = state.Notes.GetValueOrDefault(CasesNote);
        (_step, _best, _stored) = (state.Step, state.Best, state.Step);
        // The line of an epoch comes before the checkpoint that says it is written.
        _folder.DropMetricsAfter(EpochIsOpen ? _step - 1 : _step);
    }

    /// <summary>Starts from an encoder that <c>import-weights</c> wrote.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it is none of this network.</exception>
    public void StartFromEncoder(string path)
    {
        PretrainedEncoder.Load(path, _network, _weights);
        _mean?.CopyFrom(_weights);
    }

    /// <summary>Starts from the weights of another run of the same network; the optimiser, and extra outputs of deep supervision, start
    /// anew.</summary>
    public void StartFrom(RunFolder other)
    {
        Checkpoint.ReadWeights(other.ExportPath, _weights, _network.Parameters);
        _mean?.CopyFrom(_weights);
    }

    /// <summary>Scores cases with the weights that are exported, which become <see cref="Result"/>; after the last step.</summary>
    public CaseScorer ScoreExported()
    {
        Checkpoint.ReadWeights(_folder.ExportPath, Result);
        return new CaseScorer(_network, Result, _options.Patch());
    }

    /// <summary>Trains to the last step, or until cancelled; either way the newest checkpoint is written.</summary>
    /// <param name="training">Cases to learn from; at least one.</param>
    /// <param name="validation">Cases to choose the best checkpoint by; may be empty.</param>
    /// <param name="progress">Hears of every step, on this thread.</param>
    /// <param name="cancellationToken">Checked once a step.</param>
    /// <returns>Whether the last step is done and validated.</returns>
    /// <exception cref="TrainingDivergedException">A loss, gradient or weight is not finite; the newest checkpoint is the one before.</exception>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>: a validation case is, or a file cannot be written; checkpoints are as they were.
    /// <see cref="ErrorCode.InvalidOption"/>: other cases than the resumed run began with.</exception>
    public bool Run(
        IReadOnlyList<TrainingCase> training, IReadOnlyList<TrainingCase> validation, Action<TrainProgress> progress,
        CancellationToken cancellationToken)
    {
        if (IsFinished) return true;
        if (!_options.Sampling.CentreValidation)
            foreach (TrainingCase one in validation.Take(_options.ValidationCases)) CaseScorer.CheckSize(one, _options.Classes.Count);
        string cases = HashOf(training.Concat(validation).Concat(Synthetic?.Pairs ?? []));
        if (_cases is not null && _cases != cases)
            throw new SegmentationException(ErrorCode.InvalidOption,
                "The cases are not those that the run began with; name the same --data, --validation and --synthetic, or start a new run with --from.");
        _cases = cases;
        if (!File.Exists(_folder.LastPath)) Store(_folder.LastPath);
        Stopwatch clock = Stopwatch.StartNew();
        if (EpochIsOpen)
        {
            if (EndEpoch(validation, clock, cancellationToken) is not { } late) return false;
            progress(new TrainProgress(_step, _options.Steps, late.Loss, late));
        }
        using BatchLoader loader = new(
            training, [.. Enumerable.Range(0, _options.LoaderThreadsOrDefault()).Select(_ => new SampleMaker(_options))], _options.BatchSize, _options.Seed,
            _step * _options.Optimiser.Accumulate, checked(_options.Steps * _options.Optimiser.Accumulate), Synthetic);
        using TrainingStep step = new(_options, _network, _sides, _weights, _updater);
        double seconds = 0;
        while (_step < _options.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Store(_folder.LastPath);
                return false;
            }
            long begin = Stopwatch.GetTimestamp();
            StepResult result = RunStep(step, loader);
            _step++;
            FollowWeights();
            seconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
            Times = new StepTimes(Times.Steps + 1, seconds, loader.Busy.TotalSeconds, loader.Waited.TotalSeconds);
            _epoch.Add(result);
            EpochMetrics? metrics = null;
            if (EpochIsOpen)
            {
                metrics = EndEpoch(validation, clock, cancellationToken);
                if (metrics is null) return false;
            }
            progress(new TrainProgress(_step, _options.Steps, result.Loss, metrics));
        }
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _weights.Dispose();
        _mean?.Dispose();
    }

    /// <summary>Whether the last step ended an epoch that is not validated yet.</summary>
    private bool EpochIsOpen => !_epoch.IsEmpty && (_step % _options.StepsPerEpoch == 0 || _step == _options.Steps);

    private double Rate(int step) => _options.Optimiser.RateAt(step, _options.Steps, _options.StepsPerEpoch) * _plateau.Factor;

    private StepResult RunStep(TrainingStep step, BatchLoader loader)
    {
        try
        {
            return step.Run(loader, _step, Rate(_step));
        }
        catch (TrainingDivergedException fault)
        {
            throw Diverged(fault.Message);
        }
    }

    private TrainingDivergedException Diverged(string what) => new(
        $"{what} The checkpoint of step {_stored} is kept. --resume would come to the same point: look at these images and labels (data.exclude leaves cases " +
        "out), then start a new run with a smaller optimiser.learningRate or a limit optimiser.gradientNorm, from these weights with --from.");

    /// <summary>Stores, validates and reports; null: cancelled, and the stored state says that validation is still to be done.</summary>
    private EpochMetrics? EndEpoch(IReadOnlyList<TrainingCase> validation, Stopwatch clock, CancellationToken cancellationToken)
    {
        Store(_folder.LastPath);
        long begin = Stopwatch.GetTimestamp();
        double[] dice;
        try
        {
            dice = Validate(validation, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        double[] known = [.. dice.Where(d => !double.IsNaN(d))];
        double mean = known.Length == 0 ? double.NaN : known.Average(), rate = Rate(_step - 1);
        StepResult all = _epoch.Mean;
        EpochMetrics metrics = new(_step, rate, all.Loss, all.DiceLoss, all.CrossEntropy, all.GradientNorm, mean, dice, clock.Elapsed)
        {
            Times = Times.Since(_epochStart),
            ValidationSeconds = validation.Count == 0 ? double.NaN : Stopwatch.GetElapsedTime(begin).TotalSeconds,
        };
        _epoch.Clear();
        _epochStart = Times;
        if (_options.Optimiser.Schedule == ScheduleKind.Plateau && !double.IsNaN(mean)) _plateau.Observe(1 - mean);
        if (!double.IsNaN(mean) && !(mean <= _best))
        {
            _best = mean;
            Store(_folder.BestPath);
        }
        _folder.AppendMetrics(metrics);
        Store(_folder.LastPath);
        return metrics;
    }

    private double[] Validate(IReadOnlyList<TrainingCase> validation, CancellationToken cancellationToken)
    {
        TrainingCase[] cases = [.. validation.Take(_options.ValidationCases)];
        if (cases.Length == 0) return [];
        using CaseScorer scorer = new(_network, Result, _options.Patch());
        double[][] scores = [.. cases.Select(c => _options.Sampling.CentreValidation ? scorer.ScoreCentre(c) : scorer.Score(c, cancellationToken))];
        return [.. Enumerable.Range(0, _options.Classes.Count - 1).Select(c =>
            scores.Select(s => s[c]).Where(d => !double.IsNaN(d)).DefaultIfEmpty(double.NaN).Average())];
    }

    private void FollowWeights()
    {
        if (_mean is null) return;
        // Early on a long memory would keep the random start: the decay grows with the number of steps.
        float keep = (float)Math.Min(_options.EmaDecay!.Value, (1.0 + _step) / (10 + _step));
        foreach (ParameterInfo parameter in _weights.Parameters)
        {
            Span<float> mean = _mean.Values(parameter);
            TensorPrimitives.Lerp(mean, _weights.Values(parameter), 1 - keep, mean);
        }
    }

    private static string HashOf(IEnumerable<TrainingCase> cases) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', cases.Select(c => $"{c.Name} {c.Grid}")))));

    private void Store(string path)
    {
        foreach (ParameterInfo parameter in _weights.Parameters)
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(_weights.Values(parameter))))
                throw Diverged($"After step {_step} the weights {parameter.Name} are not finite.");
        Checkpoint.Write(path, _step, _best, _weights, _mean, _updater, _plateau, new Dictionary<string, string>
        {
            [EpochNote] = _epoch.Store(),
            [CasesNote] = _cases!,
            [OptionsNote] = JsonSerializer.Serialize(_options, SegmentationOptions.Json),
        });
        _stored = _step;
    }
}
