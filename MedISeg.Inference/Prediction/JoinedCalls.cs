using System.Runtime.ExceptionServices;
using MedISeg.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Prediction;

/// <summary>
/// Makes one call of those that several runs want at the same time. Nobody waits for company: what gathers while a call is under way goes together
/// in the next one, in the order of arrival, as far as its patches are of one extent. A network that takes one patch a call is called as before.
/// </summary>
/// <remarks>It holds the inputs and outputs of the calls of the largest join. Their activations are those that the estimate of each run counts.</remarks>
internal sealed class JoinedCalls : ISessionCalls
{
    private readonly object _gate = new();
    private readonly ISessionCalls _calls;
    private readonly int _most;
    private readonly LinkedList<Call> _waiting = [];
    private bool _busy;
    private float[] _input = [], _output = [];

    /// <summary>Comes before calls that it then owns.</summary>
    /// <param name="calls">Gets one call at a time.</param>
    /// <param name="most">Most calls that become one, at least 2.</param>
    public JoinedCalls(ISessionCalls calls, int most)
    {
        _calls = calls;
        _most = most;
    }

    /// <inheritdoc />
    public unsafe void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken)
    {
        if (signature.FixedBatch)
        {
            _calls.Run(signature, size, input, output, cancellationToken);
            return;
        }
        fixed (float* from = input, to = output)
        {
            Call call = new(from, input.Length, to, output.Length, size, cancellationToken);
            if (Enter(call) is { } together) Lead(signature, together);
            call.Failure?.Throw();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _calls.Dispose();

    /// <summary>Waits until a call has been made by another thread, or is the first of those that wait.</summary>
    /// <returns>The calls for this thread to make, its own first; null: its own has been made.</returns>
    private List<Call>? Enter(Call call)
    {
        lock (_gate)
        {
            _waiting.AddLast(call);
            while (!call.IsMade && (_busy || _waiting.First!.Value != call)) Monitor.Wait(_gate);
            if (call.IsMade) return null;
            _busy = true;
            List<Call> together = [.. _waiting.Where(other => other.Size.Patch == call.Size.Patch).Take(_most)];
            together.ForEach(other => _waiting.Remove(other));
            return together;
        }
    }

    private void Lead(OnnxSignature signature, List<Call> together)
    {
        try
        {
            if (together.Count == 1) MakeAlone(signature, together[0]);
            else Make(signature, together);
        }
        finally
        {
            lock (_gate)
            {
                together.ForEach(call => call.IsMade = true);
                _busy = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>One call for all. Where that fails, as for want of memory, each is made alone, so that none fails by another's fault.</summary>
    private void Make(OnnxSignature signature, List<Call> together)
    {
        int inputs = together.Sum(call => call.InputLength), outputs = together.Sum(call => call.OutputLength);
        if (_input.Length < inputs) _input = GC.AllocateUninitializedArray<float>(inputs, pinned: true);
        if (_output.Length < outputs) _output = GC.AllocateUninitializedArray<float>(outputs, pinned: true);
        int at = 0;
        foreach (Call call in together)
        {
            call.Input.CopyTo(_input.AsSpan(at));
            at += call.InputLength;
        }
        try
        {
            // Not to be stopped: the others want theirs, and a call is short.
            _calls.Run(
                signature, together[0].Size with { Count = together.Sum(call => call.Size.Count) }, _input.AsSpan(0, inputs), _output.AsSpan(0, outputs), CancellationToken.None);
        }
        catch (OnnxRuntimeException)
        {
            foreach (Call call in together) MakeAlone(signature, call);
            return;
        }
        at = 0;
        foreach (Call call in together)
        {
            _output.AsSpan(at, call.OutputLength).CopyTo(call.Output);
            at += call.OutputLength;
        }
    }

    private void MakeAlone(OnnxSignature signature, Call call)
    {
        try
        {
            _calls.Run(signature, call.Size, call.Input, call.Output, call.CancellationToken);
        }
        catch (OnnxRuntimeException failure)
        {
            call.Failure = ExceptionDispatchInfo.Capture(failure);
        }
    }

    /// <summary>A call whose thread waits, and holds the memory until it has been made.</summary>
    private sealed unsafe class Call(float* input, int inputLength, float* output, int outputLength, BatchSize size, CancellationToken cancellationToken)
    {
        public int InputLength => inputLength;

        public int OutputLength => outputLength;

        public BatchSize Size => size;

        public CancellationToken CancellationToken => cancellationToken;

        public ReadOnlySpan<float> Input => new(input, inputLength);

        public Span<float> Output => new(output, outputLength);

        /// <summary>Guarded by the gate.</summary>
        public bool IsMade { get; set; }

        /// <summary>Set before <see cref="IsMade"/> by the thread that makes the call.</summary>
        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
