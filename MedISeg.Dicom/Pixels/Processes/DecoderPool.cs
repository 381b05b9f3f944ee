using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using MedISeg.Decoder;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels.Processes;

/// <summary>Children that decode, started when needed, kept while they behave, and replaced when they die, hang or babble: a fault of a
/// native library cannot be caught within a process. Thread-safe.</summary>
internal sealed class DecoderPool : IDisposable
{
    private readonly DecoderOptions _options;
    private readonly Func<ProcessStartInfo> _command;
    private readonly SemaphoreSlim _places;
    private readonly ConcurrentStack<DecoderProcess> _idle = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();
    private (bool Jpeg2000, bool JpegLs)? _libraries;

    /// <summary>A pool of the decoder beside this assembly.</summary>
    internal DecoderPool(DecoderOptions options) : this(options, () => DecoderCommand.Create(options.MaxMemoryBytes))
    {
    }

    /// <summary>A pool of any command.</summary>
    internal DecoderPool(DecoderOptions options, Func<ProcessStartInfo> command)
    {
        _options = options.Checked();
        _command = command;
        _places = new SemaphoreSlim(options.MaxProcesses, options.MaxProcesses);
    }

    /// <summary>Number of processes, those that wait for work among them.</summary>
    internal int Processes => _idle.Count + _options.MaxProcesses - _places.CurrentCount;

    /// <summary>Numbers of the processes that wait for work.</summary>
    internal IReadOnlyList<int> IdleProcesses => [.. _idle.Select(child => child.Id)];

    /// <summary>Which native libraries the children find; asked once. Both false where the child does not start.</summary>
    internal (bool Jpeg2000, bool JpegLs) Libraries
    {
        get
        {
            lock (_gate)
            {
                if (_libraries is { } known) return known;
            }
            (bool, bool) found;
            try
            {
                DecoderRequest probe = new(DecoderCodec.Probe, false, 1, 1, 1, 1, 0);
                (DecoderStatus status, byte[] answer) = Run(probe, default, 2, CancellationToken.None);
                if (status != DecoderStatus.Decoded) return default;
                found = (answer[0] == 1, answer[1] == 1);
            }
            catch (SegmentationException)
            {
                return default;
            }
            lock (_gate) _libraries = found;
            return found;
        }
    }

    /// <summary>Decodes a frame.</summary>
    /// <param name="request">What must come out.</param>
    /// <param name="stream">Compressed bytes.</param>
    /// <param name="syntax">For messages.</param>
    /// <param name="cancellationToken">Ends the child and the call.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal byte[] Decode(DecoderRequest request, ReadOnlySpan<byte> stream, DicomTransferSyntax syntax, CancellationToken cancellationToken)
    {
        if (stream.Length > _options.MaxMemoryBytes / 2)
            throw new SegmentationException(ErrorCode.TooLarge, $"A compressed frame takes {stream.Length} bytes; decoders take at most {_options.MaxMemoryBytes / 2}.");
        (DecoderStatus status, byte[] content) = Run(request, stream, request.FrameBytes, cancellationToken);
        return status switch
        {
            DecoderStatus.Decoded => content,
            DecoderStatus.NoLibrary => throw new SegmentationException(ErrorCode.UnsupportedTransferSyntax,
                $"{syntax} is not decoded on this host: the Debian package {FrameCodecs.PackageOf(syntax)} is not "
                + "installed. Install it, or send the images uncompressed."),
            DecoderStatus.OutOfMemory => throw new SegmentationException(ErrorCode.TooLarge,
                $"Decoding a frame of {request.Height} x {request.Width} pixels takes more than the {_options.MaxMemoryBytes} bytes that a decoder may use."),
            DecoderStatus.Mismatch => throw PixelFault.Unreadable("The compressed frame is not of the size and depth that the object says."),
            _ => throw PixelFault.Unreadable($"A frame of {syntax} is damaged or ends early."),
        };
    }

    /// <summary>Ends all children; decodes under way end with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) return;
            _disposing.Cancel();
        }
        while (_idle.TryPop(out DecoderProcess? child)) child.Dispose();
    }

    private (DecoderStatus Status, byte[] Content) Run(DecoderRequest request, ReadOnlySpan<byte> stream, long expected, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        _places.Wait(cancellationToken);
        DecoderProcess? child = null;
        try
        {
            child = Take();
            TimeSpan allowed = _options.TimeFor(expected);
            using CancellationTokenSource timeout = new(allowed);
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, _disposing.Token);
            if (child.Exchange(request, stream, expected, end.Token) is { } answer)
            {
                // Where the end came in the moment after the last byte, a frame is a frame, but the child is gone.
                if (!end.IsCancellationRequested && Keep(child)) child = null;
                return answer;
            }
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            throw PixelFault.Unreadable(timeout.IsCancellationRequested
                ? $"The native decoder took longer than {allowed.TotalSeconds:0.##} s on this frame."
                : "The native decoder ended on this frame without a result.");
        }
        finally
        {
            child?.Dispose();
            _places.Release();
        }
    }

    private DecoderProcess Take()
    {
        while (_idle.TryPop(out DecoderProcess? idle))
        {
            if (idle.IsAlive) return idle;
            idle.Dispose();
        }
        try
        {
            return new DecoderProcess(_command());
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            throw new SegmentationException(ErrorCode.Internal, "The decoder process does not start; install MedISeg.Decoder beside the service.", exception);
        }
    }

    private bool Keep(DecoderProcess child)
    {
        lock (_gate)
        {
            if (_disposing.IsCancellationRequested) return false;
            _idle.Push(child);
            return true;
        }
    }
}
