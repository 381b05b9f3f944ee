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
        long patchFloats = Channels * size.VoxelCount, scoreFloats = Classes * _signature.ScoreExtent(size).VoxelCount;
        int batch = (int)(patch.Length / patchFloats);
        if (batch == 0 || patch.Length != batch * patchFloats || scores.Length != batch * scoreFloats)
            throw new ArgumentException("A length does not match the patch.");
        Run(patch, new BatchSize(batch, size), scores, cancellationToken);
        if (!float.IsFinite(TensorPrimitives.Sum<float>(scores)))
            throw new SegmentationException(ErrorCode.ModelFailed, "The network gave values that are not finite.");
        for (int n = 0; n < batch; n++)
            Activation.Apply(
                scores.Slice((int)(n * scoreFloats), (int)scoreFloats), Classes, _network.Activation, _network.Domain, _temperature);
    }

    private void Run(ReadOnlySpan<float> patch, BatchSize size, Span<float> scores, CancellationToken cancellationToken)
    {
        try
        {
            _onnx.Run(_signature, size, patch, scores, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new SegmentationException(ErrorCode.ModelFailed, "The network failed on a patch.", e);
        }
    }
}
