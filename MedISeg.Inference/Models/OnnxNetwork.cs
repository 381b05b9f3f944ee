using MedISeg.Imaging.Errors;
using MedISeg.Inference.Prediction;
using Microsoft.ML.OnnxRuntime;

namespace MedISeg.Inference.Models;

/// <summary>A network's session, which can be opened anew between calls. Safe for several threads.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private readonly Func<(InferenceSession Session, string Device)> _open;
    private readonly int _joins;
    private readonly ReaderWriterLockSlim _use = new();
    private InferenceSession _session;
    private ISessionCalls _calls;

    /// <summary>Opens the session.</summary>
    /// <param name="open">Makes a session and says which provider runs it: cpu or cuda.</param>
    /// <param name="joins">Most calls that are made as one, as <see cref="ModelCatalogOptions.JoinedCalls"/>.</param>
    public OnnxNetwork(Func<(InferenceSession Session, string Device)> open, int joins = 1)
    {
        _open = open;
        _joins = joins;
        (_session, Device) = open();
        _calls = CallsOf(_session);
    }

    /// <summary>cpu or cuda.</summary>
    public string Device { get; private set; }

    /// <summary>What the graph declares.</summary>
    /// <inheritdoc cref="OnnxSignature.Read" path="/exception"/>
    public OnnxSignature Signature(ModelManifest manifest, string member) => OnnxSignature.Read(_session, manifest, member);

    /// <summary>One call. On a processor the runtime works in the caller's memory; for a device it is copied through pinned memory.</summary>
    /// <inheritdoc cref="ISessionCalls.Run"/>
    public void Run(OnnxSignature signature, BatchSize size, ReadOnlySpan<float> input, Span<float> output, CancellationToken cancellationToken)
    {
        _use.EnterReadLock();
        try
        {
            _calls.Run(signature, size, input, output, cancellationToken);
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
            _calls.Dispose();
            _session.Dispose();
            (_session, _calls) = (session, CallsOf(session));
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
        _calls.Dispose();
        _session.Dispose();
        _use.Dispose();
    }

    private ISessionCalls CallsOf(InferenceSession session)
    {
        ISessionCalls calls = Device == "cuda" ? new PinnedTransfer(session, pinned: true) : new BoundCalls(session);
        int most = _joins > 0 ? _joins : Device == "cuda" ? ModelCatalogOptions.JoinedOnDevices : 1;
        return most > 1 ? new JoinedCalls(calls, most) : calls;
    }
}
