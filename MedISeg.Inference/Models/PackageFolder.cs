using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MedISeg.Imaging.Errors;

namespace MedISeg.Inference.Models;

/// <summary>A package's folder, whose manifest was read and checked.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Sha256">SHA-256 over the manifest's bytes and the hashes of the members that it names, which loading compares with theirs.</param>
internal sealed record PackageFolder(string Path, ModelManifest Manifest, string Sha256)
{
    /// <summary>name/version.</summary>
    public string Key => $"{Manifest.Name}/{Manifest.Version}";

    /// <summary>Reads a package's manifest.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="trusted">Hashes of the packages that are allowed; null: all.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ModelFailed"/>, with one entry a faulty key.</exception>
    public static PackageFolder Read(string path, IReadOnlyCollection<string>? trusted)
    {
        ModelManifest manifest = ManifestReader.Read(path);
        PackageFolder package = new(path, manifest, Hash(path, manifest));
        if (trusted?.Contains(package.Sha256, StringComparer.OrdinalIgnoreCase) == false)
            throw new SegmentationException(ErrorCode.ModelFailed,
                $"The package is not among the trusted ones; its SHA-256 is {package.Sha256}. The operator lists it in Models:TrustedSha256.");
        return package;
    }

    /// <summary>Says which state the files are in: lengths and times of all, so that a package that failed is tried again when one has changed.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ModelFailed"/>: the folder has gone meanwhile.</exception>
    public string State()
    {
        StringBuilder text = new(Sha256);
        try
        {
            foreach (FileInfo file in new DirectoryInfo(Path).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"|{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, "The package's folder cannot be read.", e);
        }
        return text.ToString();
    }

    private static string Hash(string path, ModelManifest manifest)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            hash.AppendData(File.ReadAllBytes(System.IO.Path.Combine(path, ManifestReader.FileName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, $"The package's {ManifestReader.FileName} cannot be read.", e);
        }
        foreach (ModelMember member in manifest.Members) hash.AppendData(Encoding.ASCII.GetBytes(member.Sha256));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
