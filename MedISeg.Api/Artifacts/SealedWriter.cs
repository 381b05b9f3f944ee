using System.Security.Cryptography;

namespace MedISeg.Api.Artifacts;

/// <summary>Encrypts what is written to it, as <see cref="SealedFormat"/> says. Without <see cref="Complete"/> what was written cannot be read.</summary>
internal sealed class SealedWriter : Stream
{
    private readonly Stream _inner;
    private readonly AesGcm _cipher;
    private readonly byte[] _plain = new byte[SealedFormat.ChunkLength], _sealed = new byte[SealedFormat.ChunkLength + SealedFormat.TagLength];
    private int _filled;
    private long _chunk;

    /// <summary>Writes the header.</summary>
    /// <param name="inner">Borrowed.</param>
    /// <param name="keys">The first encrypts.</param>
    /// <param name="name">Job and name of the artifact: under another it cannot be read.</param>
    public SealedWriter(Stream inner, ArtifactKeys keys, string name)
    {
        _inner = inner;
        byte[] salt = RandomNumberGenerator.GetBytes(SealedFormat.SaltLength);
        _cipher = SealedFormat.Cipher(keys.Current, salt, name);
        inner.Write([.. SealedFormat.Magic, .. ArtifactKeys.IdOf(keys.Current), .. salt]);
    }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes the last chunk.</summary>
    public void Complete() => Seal(isLast: true);

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            // Only once more comes: a full chunk may be the last.
            if (_filled == _plain.Length) Seal(isLast: false);
            int count = Math.Min(buffer.Length, _plain.Length - _filled);
            buffer[..count].CopyTo(_plain.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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

    private void Seal(bool isLast)
    {
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceLength];
        SealedFormat.Nonce(nonce, _chunk++, isLast);
        _cipher.Encrypt(nonce, _plain.AsSpan(0, _filled), _sealed.AsSpan(0, _filled), _sealed.AsSpan(_filled, SealedFormat.TagLength));
        _inner.Write(_sealed, 0, _filled + SealedFormat.TagLength);
        _filled = 0;
    }
}
