using System.Numerics.Tensors;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Prediction;

/// <summary>One network by ONNX Runtime.</summary>
internal sealed class OnnxPatchPredictor : IPatchPredictor
{
    private readonly OnnxNetwork _onnx;
    private readonly OnnxSignature _signature;
    private readonly ModelNetwork _network;
    private readonly double _temperature;

    /// <summary>Creates a predictor over a network, which stays the caller's.</summary>
    public OnnxPatchPredictor(OnnxNetwork onnx, OnnxSignature signature, ModelNetwork network, double temperature)
    {
        _onnx = onnx;
        _signature = signature;
        _network = network;
        _temperature = temperature;
    }

    /// <inheritdoc />
    public int Channels => _signature.Channels;

    /// <inheritdoc />
    public int Classes => _signature.Classes;

    /// <inheritdoc />
    public void Predict(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        VoxelIndex margin = _signature.Margin;
        GridSize output = new(size.Depth - 2 * margin.K, size.Height - 2 * margin.J, size.Width - 2 * margin.I);
        long patchFloats = Channels * size.VoxelCount, scoreFloats = Classes * output.VoxelCount;
        int batch = (int)(patch.Length / patchFloats);
        if (batch == 0 || patch.Length != batch * patchFloats || scores.Length != batch * scoreFloats)
            throw new ArgumentException("A length does not match the patch.");
        Run(patch, size, scores, output, batch, cancellationToken);
        if (!float.IsFinite(TensorPrimitives.Sum<float>(scores)))
            throw new SegmentationException(ErrorCode.ModelFailed, "The network gave values that are not finite.");
        for (int n = 0; n < batch; n++)
            Activation.Apply(
                scores.Slice((int)(n * scoreFloats), (int)scoreFloats), Classes, _network.Activation, _network.Domain, _temperature);
    }

    private void Run(ReadOnlySpan<float> patch, GridSize size, Span<float> scores, GridSize output, int batch, CancellationToken cancellationToken)
    {
        using RunOptions run = new();
        using CancellationTokenRegistration registration = cancellationToken.Register(() => run.Terminate = true);
        try
        {
            _onnx.Run(run, _signature, patch, _signature.Shape(batch, Channels, size), scores, _signature.Shape(batch, Classes, output));
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SegmentationException(ErrorCode.ModelFailed, "The network failed on a patch.", e);
        }
    }
}
