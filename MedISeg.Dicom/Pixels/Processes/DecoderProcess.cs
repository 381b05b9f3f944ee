using System.Diagnostics;
using MedISeg.Decoder;

namespace MedISeg.Dicom.Pixels.Processes;

/// <summary>One child. It serves one caller at a time; after a failed exchange it is of no more use.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Stream _errors;

    /// <summary>Starts a child.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    internal DecoderProcess(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _input = _process.StandardInput.BaseStream;
        _output = _process.StandardOutput.BaseStream;
        _errors = _process.StandardError.BaseStream;
        _ = DiscardAsync(_errors);
    }

    /// <summary>Whether it can take a request.</summary>
    internal bool IsAlive => !_process.HasExited;

    /// <summary>Number of the process.</summary>
    internal int Id => _process.Id;

    /// <summary>Sends a request and waits for the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="stream">Its compressed bytes.</param>
    /// <param name="expected">Bytes that a decoded answer must have.</param>
    /// <param name="end">Ends the child, and with it the exchange.</param>
    /// <returns>Null: the child ended, or answered what is no answer.</returns>
    internal (DecoderStatus Status, byte[] Content)? Exchange(DecoderRequest request, ReadOnlySpan<byte> stream, long expected, CancellationToken end)
    {
        using CancellationTokenRegistration kill = end.Register(Kill);
        try
        {
            Span<byte> head = stackalloc byte[DecoderRequest.Size];
            request.Write(head);
            _input.Write(head);
            _input.Write(stream);
            _input.Flush();
            head = head[..DecoderResponse.Size];
            _output.ReadExactly(head);
            if (!DecoderResponse.TryRead(head, out DecoderResponse response)) return null;
            if (response.Length != (response.Status == DecoderStatus.Decoded ? expected : 0)) return null;
            byte[] content = new byte[response.Length];
            _output.ReadExactly(content);
            return (response.Status, content);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends the child.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        // Streams that were asked for are ours: the process object leaves them open, and with them their file descriptors.
        _input.Dispose();
        _output.Dispose();
        _errors.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private static async Task DiscardAsync(Stream errors)
    {
        try
        {
            await errors.CopyToAsync(Stream.Null).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The child is gone.
        }
    }
}
