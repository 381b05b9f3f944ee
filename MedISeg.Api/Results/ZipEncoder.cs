using System.IO.Compression;
using MedISeg.Api.Jobs;

namespace MedISeg.Api.Results;

/// <summary>Everything in one archive: the label map in the input's kind of file and as NIfTI, the uncertainty maps and the report.</summary>
internal sealed class ZipEncoder : IResultEncoder
{
    /// <summary>Entries bear a fixed date: the same result gives the same archive.</summary>
    public static readonly DateTimeOffset EntryDate = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IResultEncoder[] _parts = [new DicomEncoder(), new PngEncoder(), new NiftiGzipEncoder(), new ReportEncoder()];

    /// <inheritdoc />
    public string Name => "zip";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["application/zip"];

    /// <inheritdoc />
    public string FileName => "segmentation.zip";

    /// <inheritdoc />
    public bool Serves(InputKind input) => true;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <inheritdoc />
    public Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken) =>
        TemporaryAnswer.SendAsync(result.Folder, file => FillAsync(result, file, cancellationToken), output, cancellationToken);

    private async Task FillAsync(StoredResult result, FileStream file, CancellationToken cancellationToken)
    {
        using ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true);
        foreach (IResultEncoder part in _parts.Where(part => part.Serves(result.Input)))
        {
            // The others are compressed already.
            CompressionLevel level = part is ReportEncoder or DicomEncoder ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
            await AddAsync(archive, part.FileName ?? "report.json", level, part, result, cancellationToken).ConfigureAwait(false);
        }
        foreach (string map in ResultOutputs.Maps)
            if (result with { Output = map } is { Exists: true } one)
                await AddAsync(archive, one.Nifti, CompressionLevel.NoCompression, new NiftiGzipEncoder(), one, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AddAsync(
        ZipArchive archive, string name, CompressionLevel level, IResultEncoder part, StoredResult result, CancellationToken cancellationToken)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, level);
        entry.LastWriteTime = EntryDate;
        Stream stream = entry.Open();
        await using (stream.ConfigureAwait(false))
            await part.WriteAsync(result, stream, cancellationToken).ConfigureAwait(false);
    }
}
