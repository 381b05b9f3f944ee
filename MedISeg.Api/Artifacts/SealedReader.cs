using System.Security.Cryptography;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Artifacts;

/// <summary>Decrypts what a <see cref="SealedWriter"/> wrote. Not a byte is given out that was not checked; that the end is missing shows at the end.</summary>
internal sealed class SealedReader : Stream
{
    private readonly Stream _inner;
    private readonly AesGcm _cipher;
    // One byte more than a chunk: whether there is one says that the chunk is not the last.
    private readonly byte[] _sealed = new byte[SealedFormat.ChunkLength + SealedFormat.TagLength + 1], _plain = new byte[SealedFormat.ChunkLength];
    private int _held, _start, _end;
    private long _chunk;
    private bool _ended;

    /// <summary>Reads the header.</summary>
    /// <param name="inner">Borrowed.</param>
    /// <param name="keys">One of them must be its key.</param>
    /// <param name="name">Job and name of the artifact.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ArtifactUnreadable"/>; reading throws it too.</exception>
    public SealedReader(Stream inner, ArtifactKeys keys, string name)
    {
        _inner = inner;
        byte[] header = new byte[SealedFormat.HeaderLength];
        if (inner.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.AsSpan().StartsWith(SealedFormat.Magic))
            throw SealedFormat.Unreadable("What was kept of the job is not encrypted as it should be.");
        ReadOnlySpan<byte> rest = header.AsSpan(SealedFormat.Magic.Length);
        byte[] key = keys.Find(rest[..ArtifactKeys.IdLength])
            ?? throw SealedFormat.Unreadable("What was kept of the job is encrypted with a key that is not in Data:EncryptionKeyFile.");
        _cipher = SealedFormat.Cipher(key, rest[ArtifactKeys.IdLength..], name);
    }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        while (_start == _end && !_ended) Open();
        int count = Math.Min(buffer.Length, _end - _start);
        _plain.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            CryptographicOperations.ZeroMemory(_plain);
        }
        base.Dispose(disposing);
    }

    /// <summary>Decrypts the next chunk.</summary>
    private void Open()
    {
        _held += _inner.ReadAtLeast(_sealed.AsSpan(_held), _sealed.Length - _held, throwOnEndOfStream: false);
        bool isLast = _held < _sealed.Length;
        int length = Math.Min(_held, _sealed.Length - 1) - SealedFormat.TagLength;
        if (length < 0) throw SealedFormat.Unreadable("What was kept of the job ends early.");
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceLength];
        SealedFormat.Nonce(nonce, _chunk++, isLast);
        try
        {
            _cipher.Decrypt(nonce, _sealed.AsSpan(0, length), _sealed.AsSpan(length, SealedFormat.TagLength), _plain.AsSpan(0, length));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw SealedFormat.Unreadable("What was kept of the job was changed or cut off.", e);
        }
        (_start, _end, _ended) = (0, length, isLast);
        _sealed[0] = _sealed[^1];
        _held = isLast ? 0 : 1;
    }
}
