using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace MedISeg.Api.Hosting;

/// <summary>The files of the configuration as they are now. The service's own configuration stays what it was at the start.</summary>
internal sealed class SettingFiles(IConfigurationBuilder configuration)
{
    /// <summary>SHA-256 of what all of them hold: times say nothing of mounted secrets, which are links to links.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public string Hash()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (IFileInfo file in configuration.Sources.SelectMany(Files))
        {
            using Stream stream = file.CreateReadStream();
            hash.AppendData(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file.Name)));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>All settings, with the files read anew.</summary>
    /// <exception cref="InvalidDataException">A file is no JSON.</exception>
    /// <inheritdoc cref="Hash" path="/exception"/>
    public IConfiguration Read()
    {
        ConfigurationBuilder now = new();
        foreach (IConfigurationSource source in configuration.Sources) now.Add(Unwatched(source));
        return now.Build();
    }

    private static IEnumerable<IFileInfo> Files(IConfigurationSource source) => source switch
    {
        JsonConfigurationSource { FileProvider: { } folder, Path: { } path } when folder.GetFileInfo(path) is { Exists: true } file => [file],
        KeyPerFileConfigurationSource { FileProvider: { } folder } => folder.GetDirectoryContents("").Where(file => !file.IsDirectory).OrderBy(file => file.Name, StringComparer.Ordinal),
        _ => [],
    };

    private static IConfigurationSource Unwatched(IConfigurationSource source) => source switch
    {
        JsonConfigurationSource { Path: { } path } json => new JsonConfigurationSource { FileProvider = json.FileProvider, Path = path, Optional = json.Optional },
        KeyPerFileConfigurationSource { FileProvider: { } folder } keys => new KeyPerFileConfigurationSource { FileProvider = folder, Optional = keys.Optional },
        _ => source,
    };
}
