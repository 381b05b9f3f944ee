using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MedISeg.Inference.Prediction;

/// <summary>A session's input and output bound to memory that stays the caller's. One call at a time.</summary>
internal sealed class BoundCall : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue _input, _output;
    private readonly OrtIoBinding _binding;

    /// <summary>Binds.</summary>
    /// <param name="session">The session, which stays the caller's.</param>
    /// <param name="signature">Names and shapes.</param>
    /// <param name="memory">Addresses, valid in every call.</param>
    /// <param name="inputFloats">Values there.</param>
    /// <param name="outputFloats">Scores there.</param>
    public BoundCall(InferenceSession session, OnnxSignature signature, CallMemory memory, int inputFloats, int outputFloats)
    {
        _session = session;
        _input = Wrap(signature.InputShape(memory.Size), memory.Input, inputFloats);
        _output = Wrap(signature.OutputShape(memory.Size), memory.Output, outputFloats);
        _binding = session.CreateIoBinding();
        // Memory of the processor is bound as it is: the runtime copies only what lies on another device.
        _binding.BindInput(signature.Input, _input);
        _binding.BindOutput(signature.Output, _output);
    }

    /// <summary>One call.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OnnxRuntimeException">The network failed or was stopped.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = _run.StopBy(cancellationToken);
        _session.RunWithBinding(_run, _binding);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _binding.Dispose();
        _input.Dispose();
        _output.Dispose();
        _run.Dispose();
    }

    private static OrtValue Wrap(long[] shape, nint memory, int floats) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, memory, floats * (long)sizeof(float));
}
