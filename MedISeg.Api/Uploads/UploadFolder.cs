using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Uploads.Archives;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Uploads;

/// <summary>Saves the files of one request, and of the archives among them, durably under names of ours. One buffer is held in memory.</summary>
internal sealed class UploadFolder(string folder, LimitOptions limits)
{
    private const int BufferLength = 1 << 17;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferLength);
    private readonly UnpackBudget _budget = new(limits.MaxUnpackedBytes);
    private readonly List<UploadedFile> _files = [];

    /// <summary>Files so far.</summary>
    public IReadOnlyList<UploadedFile> Files => _files;

    /// <summary>Files in archives that were no images, so far.</summary>
    public int Skipped { get; private set; }

    /// <summary>Saves an image, or the images of an archive.</summary>
    /// <param name="from">Read to its end, or refused by its first bytes: then the rest need not come.</param>
    /// <param name="channel">Channel that it was named for; null: none.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="SegmentationException">It is no image, a limit is exceeded, or the archive cannot be read.</exception>
    public async Task AddAsync(Stream from, string? channel, CancellationToken cancellationToken)
    {
        int count = await ReadHeadAsync(from, cancellationToken).ConfigureAwait(false);
        if (ImageSniffer.IsZip(Head(count)))
        {
            await AddArchiveAsync(from, count, channel, cancellationToken).ConfigureAwait(false);
            return;
        }
        await AddFileAsync(from, count, new UploadedFile(channel, ImageSniffer.Detect(Head(count))), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Saves a DICOM object.</summary>
    /// <inheritdoc cref="AddAsync"/>
    /// <param name="from">Read to its end.</param>
    /// <param name="place">Which part it is, from 1, for a refusal.</param>
    /// <param name="cancellationToken">The client went away.</param>
    public async Task AddInstanceAsync(Stream from, int place, CancellationToken cancellationToken)
    {
        int count = await ReadHeadAsync(from, cancellationToken).ConfigureAwait(false);
        if (ImageSniffer.Find(Head(count)) != InputKind.Dicom)
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"Part {place} of the request is not a DICOM object; send one object a part, or other images as multipart/form-data.");
        await AddFileAsync(from, count, new UploadedFile(null, InputKind.Dicom), cancellationToken).ConfigureAwait(false);
    }

    private async Task AddArchiveAsync(Stream from, int count, string? channel, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, "archive.zip");
        try
        {
            await SaveAsync(from, count, path, durable: false, cancellationToken).ConfigureAwait(false);
            using UploadedArchive archive = new(path, limits.MaxFiles);
            await UnpackAsync(archive, channel, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task UnpackAsync(UploadedArchive archive, string? channel, CancellationToken cancellationToken)
    {
        int before = _files.Count, entries = 0;
        _budget.Begin(archive.Length);
        DetachedImages detached = DetachedImages.Find(archive, _budget);
        foreach (ArchiveEntry entry in archive.ReadEntries().Where(entry => !entry.IsFolder && !detached.IsVoxels(entry)))
        {
            entries++;
            using ArchiveEntryStream content = archive.Open(entry, _budget);
            using Stream? joined = detached.Join(archive, entry, _budget);
            Stream from = joined ?? content;
            int count = await ReadHeadAsync(from, cancellationToken).ConfigureAwait(false);
            if (ImageSniffer.IsZip(Head(count)))
                throw new SegmentationException(ErrorCode.UnreadableArchive, "The archive holds another archive; send one archive with the images themselves.");
            if (ImageSniffer.Find(Head(count)) is not { } kind || ImageSniffer.IsDicomDirectory(Head(count)))
            {
                Skipped++;
                continue;
            }
            await AddFileAsync(from, count, new UploadedFile(channel, kind), cancellationToken).ConfigureAwait(false);
        }
        if (_files.Count == before)
            throw new SegmentationException(ErrorCode.UnreadableImage, (entries == 0
                ? "The archive holds no files; "
                : $"None of the archive's files ({entries}) is an image that is read here; ")
                + "put the DICOM files of a series into it, or one NIfTI, NRRD, MetaImage (.mha), PNG, JPEG or TIFF file.");
        if (_files.Count - before > 1 && _files.Skip(before).Any(file => file.Kind != InputKind.Dicom))
            throw new SegmentationException(ErrorCode.MalformedRequest,
                "The archive holds several images that are not all DICOM; put a DICOM series or one image into it, and send channels as parts of their own.");
    }

    private async Task AddFileAsync(Stream from, int count, UploadedFile file, CancellationToken cancellationToken)
    {
        if (_files.Count >= limits.MaxFiles)
            throw new SegmentationException(ErrorCode.TooLarge,
                $"The request holds more than {limits.MaxFiles} files, the limit of this service; send fewer. The operator sets Limits:MaxFiles.");
        await SaveAsync(from, count, Path.Combine(folder, JobFiles.InputName(_files.Count)), durable: true, cancellationToken).ConfigureAwait(false);
        _files.Add(file);
    }

    /// <summary>Reads the first bytes into the buffer.</summary>
    /// <returns>How many, also more than a head.</returns>
    private async Task<int> ReadHeadAsync(Stream from, CancellationToken cancellationToken) =>
        await from.ReadAtLeastAsync(_buffer, ImageSniffer.HeadLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);

    private ReadOnlySpan<byte> Head(int count) => _buffer.AsSpan(0, Math.Min(count, ImageSniffer.HeadLength));

    /// <summary>Writes what the buffer holds, and the rest of the stream.</summary>
    private async Task SaveAsync(Stream from, int count, string path, bool durable, CancellationToken cancellationToken)
    {
        FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        await using (file.ConfigureAwait(false))
        {
            while (count > 0)
            {
                await file.WriteAsync(_buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                count = await from.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            }
            if (durable) file.Flush(flushToDisk: true);
        }
    }
}
