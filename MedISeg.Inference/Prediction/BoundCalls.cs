using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// Calls of a session on a processor, which works in the caller's memory. What the runtime has to know of that memory stays from call to call,
/// so that a run, whose buffers stay where they are, binds each pair once and allocates nothing afterwards.
/// </summary>
/// <remarks>A binding holds an address and a shape and is used only by a call with just those, while the caller holds the memory.</remarks>
internal sealed class BoundCalls : ISessionCalls
{
    /// <summary>More than a run has: two sets of patches and scores and the buffers of views and members, each also with the sides of a turned
    /// patch and with the length of the last batch.</summary>
    private const int Most = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<CallMemory, BoundCall> _idle = [];
    private readonly InferenceSession _session;

    /// <summary>Prepares for a session, which stays the caller's.</summary>
    public BoundCalls(InferenceSession session) => _session = session;

    /// <inheritdoc />
    public unsafe void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken)
    {
        fixed (float* from = input, to = output)
        {
            CallMemory memory = new((nint)from, (nint)to, size);
            BoundCall call = Take(memory) ?? new BoundCall(_session, signature, memory, input.Length, output.Length);
            try
            {
                call.Run(cancellationToken);
            }
            finally
            {
                GiveBack(memory, call);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate) Clear();
    }

    private BoundCall? Take(CallMemory memory)
    {
        lock (_gate) return _idle.Remove(memory, out BoundCall? call) ? call : null;
    }

    private void GiveBack(CallMemory memory, BoundCall call)
    {
        lock (_gate)
        {
            if (_idle.Count == Most) Clear();
            if (!_idle.TryAdd(memory, call)) call.Dispose();
        }
    }

    private void Clear()
    {
        foreach (BoundCall call in _idle.Values) call.Dispose();
        _idle.Clear();
    }
}
