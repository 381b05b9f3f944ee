using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Artifacts;

/// <summary>
/// The encrypted form of an artifact: a header of 48 bytes (<c>MSEGAE01</c>, name of the key, salt), then chunks of 64 KiB, the last one shorter or even empty,
/// each followed by its tag. AES-256-GCM with a key of the artifact's own, derived by HKDF-SHA-256 from key, salt and the artifact's name; the nonce is the
/// chunk's number, and whether it is the last.
/// </summary>
internal static class SealedFormat
{
    /// <summary>Lengths, bytes.</summary>
    public const int ChunkLength = 1 << 16, TagLength = 16, NonceLength = 12, SaltLength = 32, HeaderLength = 8 + ArtifactKeys.IdLength + SaltLength;

    /// <summary>First bytes; the version goes into the key.</summary>
    public static ReadOnlySpan<byte> Magic => "MSEGAE01"u8;

    /// <summary>Cipher of one artifact; the caller disposes it.</summary>
    public static AesGcm Cipher(byte[] key, ReadOnlySpan<byte> salt, string name)
    {
        Span<byte> own = stackalloc byte[ArtifactKeys.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, own, salt, [.. Magic, .. Encoding.UTF8.GetBytes(name)]);
        return new AesGcm(own, TagLength);
    }

    /// <summary>Nonce of a chunk, numbered from 0.</summary>
    public static void Nonce(Span<byte> nonce, long chunk, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, chunk);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    /// <summary>What was kept is not what was written, or cannot be read with the keys that there are.</summary>
    public static SegmentationException Unreadable(string reason, Exception? inner = null) => new(ErrorCode.ArtifactUnreadable, reason, inner);
}
