using System.Text.RegularExpressions;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Uploads.Archives;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Models;

/// <summary>Unpacks the zip archive of a model package.</summary>
internal static partial class PackageArchive
{
    /// <summary>More files than any package has: manifest, card, members, licences.</summary>
    private const int MostFiles = 200;

    /// <summary>Unpacks an archive durably. Folders in it are passed over: a package's files lie side by side.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="limits">How much may come out.</param>
    /// <param name="cancellationToken">Checked once a file.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>, <see cref="ErrorCode.TooLarge"/>, <see
    /// cref="ErrorCode.InvalidPackage"/>: there is no manifest, or a file has a name that packages do not have.</exception>
    public static void Unpack(string path, string folder, LimitOptions limits, CancellationToken cancellationToken)
    {
        using UploadedArchive archive = new(path, MostFiles);
        UnpackBudget budget = new(limits.MaxUnpackedBytes);
        budget.Begin(archive.Length);
        foreach (ArchiveEntry entry in archive.ReadEntries().Where(entry => !entry.IsFolder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!PlainName().IsMatch(entry.Name))
                throw new SegmentationException(ErrorCode.InvalidPackage, "The archive holds a file whose name is not made of letters, digits, '-', '_' and '.'; rename it.");
            string file = Path.Combine(folder, entry.Name);
            if (File.Exists(file))
                throw new SegmentationException(ErrorCode.InvalidPackage, "The archive holds two files of one name; put one package into it, its files side by side.");
            using ArchiveEntryStream content = archive.Open(entry, budget);
            DurableFiles.Write(file, content.CopyTo);
        }
        if (!File.Exists(Path.Combine(folder, ManifestReader.FileName)))
            throw new SegmentationException(ErrorCode.InvalidPackage, $"The archive holds no {ManifestReader.FileName}; make it of a package's folder.");
        DurableFiles.FlushFolder(folder);
    }

    [GeneratedRegex("^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();
}
