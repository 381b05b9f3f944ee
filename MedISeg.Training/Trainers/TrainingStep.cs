using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MedISeg.Training.Trainers;

/// <summary>One step: batch, forward, loss, backward, as often as gradients are accumulated; then new weights.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly Network _network;
    private readonly TorchOps _ops;
    private readonly SideHeads? _sides;
    private readonly DeepSupervision _loss;
    private readonly int _seed, _batches;
    private readonly WeightUpdater _updater;
    private readonly Tensor _image, _classes;
    private readonly nint _imagePlace, _classesPlace;

    /// <summary>Makes the input tensors, which all steps share.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="network">Layers.</param>
    /// <param name="sides">Extra outputs for deep supervision; null: none.</param>
    /// <param name="weights">Tensors of both; borrowed.</param>
    /// <param name="updater">Changes the weights.</param>
    public TrainingStep(TrainOptions options, Network network, SideHeads? sides, NetworkWeights weights, WeightUpdater updater)
    {
        _network = network;
        _sides = sides;
        _ops = new TorchOps(weights, training: true, options.Precision) { Enlarged = sides is null ? null : [] };
        _seed = options.Seed;
        _loss = new DeepSupervision(new SegmentationLoss(options.Loss, options.Classes.Count), options.DeepSupervision);
        _batches = options.Optimiser.Accumulate;
        _updater = updater;
        GridSize patch = options.Patch();
        int dimensions = network.Options.Dimensionality;
        (_image, _classes) = TorchStep.Run(() => (
            zeros(TensorShapes.Image(options.BatchSize, options.Inputs.Count, dimensions, patch)).DetachFromDisposeScope(),
            zeros(TensorShapes.Labels(options.BatchSize, dimensions, patch), ScalarType.Byte).DetachFromDisposeScope()));
        _imagePlace = TensorMemory.Pointer(_image);
        _classesPlace = TensorMemory.Pointer(_classes);
    }

    /// <summary>Takes the batches of a step and learns from them.</summary>
    /// <param name="loader">Gives the batches.</param>
    /// <param name="step">From 0.</param>
    /// <param name="rate">Learning rate.</param>
    /// <exception cref="TrainingDivergedException">Loss or gradient is not finite; the weights are as before the step.</exception>
    public StepResult Run(BatchLoader loader, int step, double rate)
    {
        StepResult sum = default;
        for (int n = 0; n < _batches; n++)
        {
            StepResult one = RunBatch(loader, step, n, rate);
            sum = new StepResult(sum.Loss + one.Loss, sum.DiceLoss + one.DiceLoss, sum.CrossEntropy + one.CrossEntropy, one.GradientNorm);
        }
        return new StepResult(sum.Loss / _batches, sum.DiceLoss / _batches, sum.CrossEntropy / _batches, sum.GradientNorm);
    }

    /// <summary>Adds one batch's share of the gradient; the last batch of a step changes the weights.</summary>
    private StepResult RunBatch(BatchLoader loader, int step, int batch, double rate)
    {
        int place = step * _batches + batch;
        Take(loader, place);
        _ops.BeginStep(_seed, place);
        return TorchStep.Run(() =>
        {
            (Tensor loss, double diceLoss, double crossEntropy) = Forward();
            double value = loss.item<float>();
            if (!double.IsFinite(value)) throw Diverged("loss", loader, step, batch);
            Tensor share = _batches == 1 ? loss : loss / _batches;
            share.backward();
            double norm = batch == _batches - 1 ? _updater.Apply(step + 1, rate) : 0;
            if (!double.IsFinite(norm)) throw Diverged("gradient", loader, step, batch);
            GC.KeepAlive(share);
            GC.KeepAlive(loss);
            return new StepResult(value, diceLoss, crossEntropy, norm);
        });
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _image.Dispose();
        _classes.Dispose();
    }

    private TrainingDivergedException Diverged(string what, BatchLoader loader, int step, int batch)
    {
        string part = _batches == 1 ? "" : $", batch {batch + 1} of {_batches}";
        return new TrainingDivergedException(
            $"The {what} of step {step + 1}{part} is not finite; cases of the batch: {string.Join(", ", loader.CasesOf(step * _batches + batch))}.");
    }

    /// <summary>Runs the network and the loss. What they made between is let go, so that the backward pass frees it as it goes.</summary>
    private (Tensor Loss, double DiceLoss, double CrossEntropy) Forward()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = _classes.to_type(ScalarType.Int64);
        Tensor image = _ops.Arrange(_image);
        Tensor[] logits = [_network.Run(_ops, image), .. _sides?.Run(_ops) ?? []];
        _ops.Enlarged?.Clear();
        LossParts parts = _loss.Run([.. logits.Select(l => l.to_type(ScalarType.Float32).contiguous())], labels);
        double dice = parts.Dice?.item<float>() ?? double.NaN, crossEntropy = parts.CrossEntropy?.item<float>() ?? double.NaN;
        GC.KeepAlive(image);
        GC.KeepAlive(labels);
        foreach (Tensor output in logits) GC.KeepAlive(output);
        return (parts.Total.MoveToOuterDisposeScope(), dice, crossEntropy);
    }

    private unsafe void Take(BatchLoader loader, int step) => loader.Take(
        step, new Span<float>((void*)_imagePlace, checked((int)_image.NumberOfElements)),
        new Span<byte>((void*)_classesPlace, checked((int)_classes.NumberOfElements)));
}

/// <summary>What one step showed.</summary>
/// <param name="Loss">Weighted sum.</param>
/// <param name="DiceLoss">Soft Dice loss; NaN: not a term of the loss.</param>
/// <param name="CrossEntropy">Cross-entropy; NaN: not a term of the loss.</param>
/// <param name="GradientNorm">Norm of all gradients, before the limit.</param>
internal readonly record struct StepResult(double Loss, double DiceLoss, double CrossEntropy, double GradientNorm);
