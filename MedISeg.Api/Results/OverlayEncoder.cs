using System.Globalization;
using System.IO.Compression;
using MedISeg.Api.Jobs;
using MedISeg.Dicom;
using MedISeg.Dicom.Overlays;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Api.Results;

/// <summary>The labels over the image as secondary capture series, one object a plane, in an archive. Made when the job runs, since it needs the
/// image, and only if it is asked for then.</summary>
internal sealed class OverlayEncoder : IResultEncoder
{
    /// <summary>Name of the stored archive.</summary>
    private const string Artifact = "overlay.zip";

    /// <inheritdoc />
    public string Name => "overlay";

    /// <inheritdoc />
    public IReadOnlyList<string> MediaTypes { get; } = ["application/zip"];

    /// <inheritdoc />
    public string FileName => Artifact;

    /// <inheritdoc />
    public bool Serves(InputKind input) => input == InputKind.Dicom;

    /// <inheritdoc />
    public bool IsDefaultOf(InputKind input) => false;

    /// <summary>Writes the archive durably.</summary>
    public static void Save(string folder, DicomSource source, Volume image, LabelMap labels, CancellationToken cancellationToken) =>
        DurableFiles.Write(Path.Combine(folder, Artifact), stream =>
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            int count = 0;
            foreach (DicomFile plane in OverlaySeries.Create(
                source.Series, image, labels, source.Describe("overlay", 4000, "(overlay, not for diagnosis)"), cancellationToken))
            {
                ZipArchiveEntry entry = archive.CreateEntry(string.Create(CultureInfo.InvariantCulture, $"{++count:0000}.dcm"), CompressionLevel.Fastest);
                entry.LastWriteTime = ZipEncoder.EntryDate;
                using Stream content = entry.Open();
                plane.Save(content);
            }
        });

    /// <inheritdoc />
    public async Task WriteAsync(StoredResult result, Stream output, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(result.Folder, Artifact)))
            throw new SegmentationException(ErrorCode.NotAcceptable, "The job did not make overlay; ask for it with option outputs when you send the image.");
        FileStream file = result.Open(Artifact);
        await using (file.ConfigureAwait(false))
            await file.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
