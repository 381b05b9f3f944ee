using System.Diagnostics;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Weights;

namespace MedISeg.Training.Trainers;

/// <summary>Trains a network on cases in memory, with checkpoints; a resumed training ends with the weights of an uninterrupted one.</summary>
internal sealed class Trainer : IDisposable
{
    private readonly TrainOptions _options;
    private readonly RunFolder _folder;
    private readonly Network _network;
    private readonly SideHeads? _sides;
    private readonly NetworkWeights _weights;
    private readonly NetworkWeights? _mean;
    private readonly WeightUpdater _updater;
    private readonly PlateauSchedule _plateau;
    private readonly List<StepResult> _epoch = [];
    private int _step;
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
            ? SideHeads.Of(_network, deep.OutputsOf(options.Network.Features.Count) - 1, options.Patch())
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

    /// <summary>Pairs that now and then take the place of a training case; null: none. Borrowed.</summary>
    public SyntheticPairs? Synthetic { get; set; }

    /// <summary>Continues from the newest checkpoint.</summary>
    public void Resume()
    {
        (_step, _best) = Checkpoint.Read(_folder.LastPath, _weights, _mean, _updater, _plateau);
        _folder.DropMetricsAfter(_step);
    }

    /// <summary>Starts from an encoder that <c>import-weights</c> wrote.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: it is none of this network.</exception>
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

    /// <summary>Trains to the last step, or until cancelled; either way the newest checkpoint is written.</summary>
    /// <param name="training">Cases to learn from; at least one.</param>
    /// <param name="validation">Cases to choose the best checkpoint by; may be empty.</param>
    /// <param name="progress">Hears of every step, on this thread.</param>
    /// <param name="cancellationToken">Checked once a step.</param>
    /// <returns>Whether the last step is done.</returns>
    public bool Run(
        IReadOnlyList<TrainingCase> training, IReadOnlyList<TrainingCase> validation, Action<TrainProgress> progress,
        CancellationToken cancellationToken)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using BatchLoader loader = new(
            training, new SampleMaker(_options), _options.BatchSize, _options.Seed, _step * _options.Optimiser.Accumulate,
            checked(_options.Steps * _options.Optimiser.Accumulate), Synthetic);
        using TrainingStep step = new(_options, _network, _sides, _weights, _updater);
        while (_step < _options.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Store(_folder.LastPath);
                return false;
            }
            double rate = _options.Optimiser.RateAt(_step, _options.Steps, _options.StepsPerEpoch) * _plateau.Factor;
            StepResult result = step.Run(loader, _step, rate);
            _step++;
            FollowWeights();
            _epoch.Add(result);
            EpochMetrics? metrics = null;
            if (_step % _options.StepsPerEpoch == 0 || _step == _options.Steps)
                metrics = EndEpoch(validation, rate, clock, cancellationToken);
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

    private EpochMetrics? EndEpoch(IReadOnlyList<TrainingCase> validation, double rate, Stopwatch clock, CancellationToken cancellationToken)
    {
        // The state is stored before validation, so that a cancelled validation loses nothing.
        Store(_folder.LastPath);
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
        double mean = known.Length == 0 ? double.NaN : known.Average();
        if (!double.IsNaN(mean) && !(mean <= _best))
        {
            _best = mean;
            Store(_folder.BestPath);
            Store(_folder.LastPath);
        }
        if (_options.Optimiser.Schedule == ScheduleKind.Plateau && !double.IsNaN(mean))
        {
            _plateau.Observe(1 - mean);
            Store(_folder.LastPath);
        }
        EpochMetrics metrics = new(
            _step, rate, _epoch.Average(r => r.Loss), _epoch.Average(r => r.DiceLoss), _epoch.Average(r => r.CrossEntropy),
            _epoch.Average(r => r.GradientNorm), mean, dice, clock.Elapsed);
        _epoch.Clear();
        _folder.AppendMetrics(metrics);
        return metrics;
    }

    private double[] Validate(IReadOnlyList<TrainingCase> validation, CancellationToken cancellationToken)
    {
        TrainingCase[] cases = [.. validation.Take(_options.ValidationCases)];
        if (cases.Length == 0) return [];
        using CaseScorer scorer = new(_network, Result, _options.Patch());
        double[][] scores = [.. cases.Select(c => scorer.Score(c, cancellationToken))];
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
            ReadOnlySpan<float> now = _weights.Values(parameter);
            Span<float> mean = _mean.Values(parameter);
            for (int n = 0; n < mean.Length; n++) mean[n] += (1 - keep) * (now[n] - mean[n]);
        }
    }

    private void Store(string path) => Checkpoint.Write(path, _step, _best, _weights, _mean, _updater, _plateau);
}
