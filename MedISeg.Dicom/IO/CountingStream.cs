namespace MedISeg.Dicom.IO;

/// <summary>Passes bytes on and counts them. Closing it leaves the stream behind it open.</summary>
/// <param name="output">Where to.</param>
/// <param name="most">Most bytes that may pass.</param>
internal sealed class CountingStream(Stream output, long most = long.MaxValue) : Stream
{
    /// <summary>Bytes so far.</summary>
    public long Count { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Count;

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > most - Count) throw new InvalidOperationException($"A value of {most} bytes was given more.");
        output.Write(buffer);
        Count += buffer.Length;
    }

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
