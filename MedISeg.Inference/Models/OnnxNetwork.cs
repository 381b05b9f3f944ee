using MedISeg.Imaging.Errors;
using MedISeg.Inference.Prediction;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MedISeg.Inference.Models;

/// <summary>A network's session, which can be opened anew between calls. Safe for several threads.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private readonly Func<(InferenceSession Session, string Device)> _open;
    private readonly ReaderWriterLockSlim _use = new();
    private InferenceSession _session;
    private PinnedTransfer? _transfer;

    /// <summary>Opens the session.</summary>
    /// <param name="open">Makes a session and says which provider runs it: cpu or cuda.</param>
    public OnnxNetwork(Func<(InferenceSession Session, string Device)> open)
    {
        _open = open;
        (_session, Device) = open();
        _transfer = TransferOf(_session);
    }

    /// <summary>cpu or cuda.</summary>
    public string Device { get; private set; }

    /// <summary>What the graph declares.</summary>
    /// <inheritdoc cref="OnnxSignature.Read" path="/exception"/>
    public OnnxSignature Signature(ModelManifest manifest, string member) => OnnxSignature.Read(_session, manifest, member);

    /// <summary>One call. On a processor the runtime works in the caller's memory; for a device it is copied through pinned memory.</summary>
    /// <param name="run">Stops the call.</param>
    /// <param name="signature">Names.</param>
    /// <param name="input">Values of the input, borrowed.</param>
    /// <param name="inputShape">Its shape.</param>
    /// <param name="output">Receives the output.</param>
    /// <param name="outputShape">Its shape.</param>
    /// <exception cref="OnnxRuntimeException">The network failed or was stopped.</exception>
    public unsafe void Run(
        RunOptions run, OnnxSignature signature, ReadOnlySpan<float> input, long[] inputShape, Span<float> output, long[] outputShape)
    {
        _use.EnterReadLock();
        try
        {
            if (_transfer is not null)
            {
                _transfer.Run(run, signature, input, inputShape, output, outputShape);
                return;
            }
            fixed (float* from = input, to = output)
            {
                using OrtValue inputValue = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, TensorElementType.Float, inputShape, (nint)from, input.Length * (long)sizeof(float));
                using OrtValue outputValue = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, TensorElementType.Float, outputShape, (nint)to, output.Length * (long)sizeof(float));
                _session.Run(run, [signature.Input], [inputValue], [signature.Output], [outputValue]);
            }
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>Opens a new session and closes the old one, whose memory goes back to the system; nothing happens while a call is under way
    /// or if the file cannot be opened any more.</summary>
    /// <returns>Whether there is a new session.</returns>
    public bool TryRenew()
    {
        if (!_use.TryEnterWriteLock(0)) return false;
        try
        {
            (InferenceSession session, Device) = _open();
            _transfer?.Dispose();
            _session.Dispose();
            (_session, _transfer) = (session, TransferOf(session));
            return true;
        }
        catch (SegmentationException)
        {
            return false;
        }
        finally
        {
            _use.ExitWriteLock();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _transfer?.Dispose();
        _session.Dispose();
        _use.Dispose();
    }

    private PinnedTransfer? TransferOf(InferenceSession session) => Device == "cuda" ? new PinnedTransfer(session, pinned: true) : null;
}
