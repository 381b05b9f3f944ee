using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// Calls of a session on a device through buffers that stay: values are copied into pinned memory, from there to the device when they are
/// bound, and the output comes back into pinned memory. One call at a time: a session has one stream.
/// </summary>
internal sealed class PinnedTransfer : ISessionCalls
{
    private readonly Lock _gate = new();
    private readonly InferenceSession _session;
    private readonly OrtMemoryInfo _memory;
    private readonly OrtAllocator _allocator;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private OrtValue? _input, _output;
    private BatchSize _size;

    /// <summary>Prepares for a session, which stays the caller's.</summary>
    /// <param name="session">The session.</param>
    /// <param name="pinned">Pinned memory of CUDA; false: ordinary memory.</param>
    public PinnedTransfer(InferenceSession session, bool pinned)
    {
        _session = session;
        _memory = pinned
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.CpuOutput)
            : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        _allocator = new OrtAllocator(session, _memory);
        _binding = session.CreateIoBinding();
    }

    /// <inheritdoc />
    public void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (size != _size)
            {
                Replace(ref _input, signature.InputShape(size));
                Replace(ref _output, signature.OutputShape(size));
                _binding.BindOutput(signature.Output, _output!);
                _size = size;
            }
            input.CopyTo(_input!.GetTensorMutableDataAsSpan<float>());
            // Copies to the device are made when a value is bound.
            _binding.BindInput(signature.Input, _input);
            _binding.SynchronizeBoundInputs();
            using (_run.StopBy(cancellationToken)) _session.RunWithBinding(_run, _binding);
            _binding.SynchronizeBoundOutputs();
            _output!.GetTensorDataAsSpan<float>().CopyTo(output);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _binding.Dispose();
        _input?.Dispose();
        _output?.Dispose();
        _run.Dispose();
        _allocator.Dispose();
        _memory.Dispose();
    }

    private void Replace(ref OrtValue? value, long[] shape)
    {
        value?.Dispose();
        value = OrtValue.CreateAllocatedTensorValue(_allocator, TensorElementType.Float, shape);
    }
}
