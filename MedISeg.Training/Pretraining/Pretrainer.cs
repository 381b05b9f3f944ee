using System.Diagnostics;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Runtime;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace MedISeg.Training.Pretraining;

/// <summary>Trains a network on images without labels, with checkpoints; a resumed run ends with the weights of an uninterrupted one.</summary>
internal sealed class Pretrainer : IDisposable
{
    private readonly PretrainOptions _options;
    private readonly RunFolder _folder;
    private readonly Network _network;
    private readonly IPretrainTask _task;
    private readonly NetworkWeights _weights;
    private readonly WeightUpdater _updater;
    private readonly PlateauSchedule _plateau;
    private readonly List<(double Loss, double Norm)> _epoch = [];

    /// <summary>Makes the network and seeds its weights.</summary>
    /// <param name="options">What to learn.</param>
    /// <param name="training">The training that it is for: network, inputs and patch.</param>
    /// <param name="folder">Where checkpoints and metrics go.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the method does not fit the network.</exception>
    public Pretrainer(PretrainOptions options, TrainOptions training, RunFolder folder)
    {
        options.Check();
        (_options, _folder) = (options, folder);
        set_num_threads(training.Threads > 0 ? training.Threads : Environment.ProcessorCount);
        _network = Network.Of(PretrainOptions.NetworkOf(training));
        _task = options.Method switch
        {
            PretrainMethod.ModelsGenesis => new RestorationTask(options, _network, training.Patch()),
            PretrainMethod.SimClr => new SimClrTask(options, _network, training.Patch()),
            PretrainMethod.MocoV2 => new MocoTask(options, _network, training.Patch()),
            _ when _network is TransUNet { HasResNet: false } vit => new MaskingTask(options, vit.Transformer, training.Patch()),
            _ => throw new SegmentationException(ErrorCode.InvalidOption, "mae trains vit-u-net-b-16 and vit-u-net-l-16; name one as network.kind, or another method."),
        };
        _weights = new NetworkWeights(_task.Parameters, trainable: true);
        _weights.Initialise(options.Seed);
        _task.Begin(_weights);
        _updater = new WeightUpdater(_weights, options.Optimiser);
        _plateau = new PlateauSchedule(options.Optimiser);
    }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    /// <summary>The weights, those of helper layers too; borrowed.</summary>
    public NetworkWeights Weights => _weights;

    /// <summary>Continues from the newest checkpoint.</summary>
    public void Resume()
    {
        StepsDone = Checkpoint.Read(_folder.LastPath, _weights, _task.Memory, _updater, _plateau).Step;
        _folder.DropMetricsAfter(StepsDone);
    }

    /// <summary>Trains to the last step, or until cancelled; either way the newest checkpoint is written.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="progress">Hears of every step, on this thread.</param>
    /// <param name="cancellationToken">Checked once a step.</param>
    /// <returns>Whether the last step is done.</returns>
    /// <exception cref="TrainingDivergedException">Loss or gradient is not finite; the last checkpoint stays.</exception>
    public bool Run(IReadOnlyList<TrainingCase> images, Action<TrainProgress> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(_folder.LastPath)) Store();
        Stopwatch clock = Stopwatch.StartNew();
        TorchOps ops = new(_weights, training: true);
        while (StepsDone < _options.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Store();
                return false;
            }
            double rate = _options.Optimiser.RateAt(StepsDone, _options.Steps, _options.StepsPerEpoch);
            _task.Fill(images, StepsDone);
            (double Loss, double Norm) result = RunStep(ops, rate);
            _task.End(StepsDone);
            StepsDone++;
            _epoch.Add(result);
            bool ends = StepsDone % _options.StepsPerEpoch == 0 || StepsDone == _options.Steps;
            progress(new TrainProgress(StepsDone, _options.Steps, result.Loss, ends ? EndEpoch(rate, clock) : null));
        }
        return true;
    }

    /// <summary>Writes what <c>train --encoder</c> takes.</summary>
    /// <param name="path">Safetensors file.</param>
    /// <param name="images">Number of images that were learned from.</param>
    public PretrainedEncoder WriteEncoder(string path, int images) =>
        PretrainedEncoder.Write(path, _network.Options.Kind, $"pretrain:{NameOf(_options.Method)}", images, _task.Transferred, _weights);

    /// <inheritdoc />
    public void Dispose()
    {
        _task.Dispose();
        _weights.Dispose();
    }

    private (double Loss, double Norm) RunStep(TorchOps ops, double rate) => TorchStep.Run(() =>
    {
        Tensor loss = Forward(ops);
        double value = loss.item<float>();
        if (!double.IsFinite(value)) throw Diverged("loss");
        loss.backward();
        double norm = _updater.Apply(StepsDone + 1, rate);
        if (!double.IsFinite(norm)) throw Diverged("gradient");
        GC.KeepAlive(loss);
        return (value, norm);
    });

    /// <summary>What the task made between is let go, so that the backward pass frees it as it goes.</summary>
    private Tensor Forward(TorchOps ops)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        return _task.Loss(ops).MoveToOuterDisposeScope();
    }

    private TrainingDivergedException Diverged(string what) => new(
        $"The {what} of step {StepsDone + 1} is not finite; the last checkpoint is kept. Start again with a smaller optimiser.learningRate.");

    private EpochMetrics EndEpoch(double rate, Stopwatch clock)
    {
        Store();
        EpochMetrics metrics = new(
            StepsDone, rate, _epoch.Average(step => step.Loss), double.NaN, double.NaN, _epoch.Average(step => step.Norm), double.NaN, [], clock.Elapsed);
        _epoch.Clear();
        _folder.AppendMetrics(metrics);
        return metrics;
    }

    private void Store() => Checkpoint.Write(_folder.LastPath, StepsDone, double.NaN, _weights, _task.Memory, _updater, _plateau);

    private static string NameOf(PretrainMethod method) =>
        System.Text.Json.JsonSerializer.Serialize(method, Inference.Options.SegmentationOptions.Json).Trim('"');
}
