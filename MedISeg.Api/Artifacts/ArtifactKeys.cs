using System.Security.Cryptography;
using System.Text;
using MedISeg.Api.Hosting;

namespace MedISeg.Api.Artifacts;

/// <summary>Keys that artifacts are encrypted with: the first encrypts, all decrypt.</summary>
internal sealed class ArtifactKeys
{
    /// <summary>Length of a key and of its name, bytes.</summary>
    public const int KeyLength = 32, IdLength = 8;

    private static readonly byte[] IdPurpose = Encoding.ASCII.GetBytes("MedISeg key id");

    private readonly Dictionary<string, byte[]> _byId = new(StringComparer.Ordinal);

    /// <summary>Takes keys.</summary>
    /// <param name="keys">At least one, each of <see cref="KeyLength"/> bytes; the first encrypts.</param>
    public ArtifactKeys(IReadOnlyList<byte[]> keys)
    {
        Current = keys[0];
        foreach (byte[] key in keys) _byId[Convert.ToHexStringLower(IdOf(key))] = key;
    }

    /// <summary>The key that encrypts.</summary>
    public byte[] Current { get; }

    /// <summary>The key of a name; null: it is not known.</summary>
    public byte[]? Find(ReadOnlySpan<byte> id) => _byId.GetValueOrDefault(Convert.ToHexStringLower(id));

    /// <summary>Name of a key: it tells nothing of the key.</summary>
    public static byte[] IdOf(byte[] key) => HMACSHA256.HashData(key, IdPurpose)[..IdLength];

    /// <summary>Reads a file of keys, one a line: 64 hexadecimal digits, or the same 32 bytes in base64.</summary>
    /// <exception cref="StartRefusedException">It cannot be read, holds no key, or a line is none.</exception>
    public static ArtifactKeys Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException("The file Data:EncryptionKeyFile cannot be read.", e);
        }
        List<byte[]> keys = [];
        for (int n = 0; n < lines.Length; n++)
            if (lines[n].Trim() is { Length: > 0 } line)
                keys.Add(Parse(line) ?? throw new StartRefusedException(
                    $"Line {n + 1} of the file Data:EncryptionKeyFile is no key: write {KeyLength} bytes as 64 hexadecimal digits or in base64, one key a line."));
        return keys.Count > 0 ? new ArtifactKeys(keys) : throw new StartRefusedException("The file Data:EncryptionKeyFile holds no key.");
    }

    private static byte[]? Parse(string line)
    {
        byte[] key = new byte[KeyLength];
        if (line.Length == 2 * KeyLength) return Convert.FromHexString(line, key, out _, out int written) == System.Buffers.OperationStatus.Done && written == KeyLength ? key : null;
        return Convert.TryFromBase64String(line, key, out int length) && length == KeyLength ? key : null;
    }
}
