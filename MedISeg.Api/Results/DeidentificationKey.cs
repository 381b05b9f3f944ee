using System.Security.Cryptography;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Results;

/// <summary>The secret by which UIDs and patients' ids are replaced: from the configured file, else from one in the data root, which is made when it
/// is first needed.</summary>
internal sealed class DeidentificationKey(JobFiles files, IOptions<DicomResultOptions> options)
{
    /// <summary>File of the key below the data root.</summary>
    public const string OwnFile = "deidentification-key";

    /// <summary>Shortest key, bytes.</summary>
    public const int Shortest = 16;

    private const int OwnBytes = 32;

    private readonly Lock _lock = new();

    private string OwnPath => Path.Combine(files.Root, OwnFile);

    /// <summary>Reads the key; white space at its end is left out.</summary>
    /// <exception cref="IOException">The file is gone, or holds no key.</exception>
    public byte[] Read()
    {
        if (options.Value.DeidentificationKeyFile is { } given) return Read(given);
        Prepare();
        return Read(OwnPath);
    }

    /// <summary>Makes the key in the data root, unless there is one or another is configured. Of several processes one at a time.</summary>
    public void Prepare()
    {
        if (options.Value.DeidentificationKeyFile is not null) return;
        lock (_lock)
            if (!File.Exists(OwnPath))
                DurableFiles.WriteSecret(OwnPath, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(OwnBytes)) + "\n");
    }

    /// <summary>The bytes of a key's file.</summary>
    private static byte[] Read(string path)
    {
        byte[] key = File.ReadAllBytes(path).AsSpan().TrimEnd("\r\n\t "u8).ToArray();
        return key.Length >= Shortest ? key : throw new IOException($"A key has at least {Shortest} bytes.");
    }
}
