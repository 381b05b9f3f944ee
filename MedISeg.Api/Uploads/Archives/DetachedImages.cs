using MedISeg.Imaging.Formats;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>The headers of an archive whose voxels lie in another of its files (.mhd with .raw, .nhdr with .raw.gz).</summary>
internal sealed class DetachedImages
{
    private const int MagicLength = 32;

    private readonly Dictionary<long, (DetachedHeader Header, ArchiveEntry Voxels)> _byHeader = [];
    private readonly HashSet<long> _voxels = [];

    private DetachedImages()
    {
    }

    /// <summary>Finds them by the content of small files; a header whose file is not there stays what it is, and is refused when it is
    /// read.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">UnreadableArchive, TooLarge.</exception>
    public static DetachedImages Find(UploadedArchive archive, UnpackBudget budget)
    {
        DetachedImages found = new();
        List<(ArchiveEntry Entry, DetachedHeader Header)> headers = [];
        byte[] buffer = new byte[DetachedHeader.Longest];
        foreach (ArchiveEntry entry in archive.ReadEntries().Where(entry => !entry.IsFolder && entry.Length <= buffer.Length))
        {
            using ArchiveEntryStream content = archive.Open(entry, budget);
            // Almost all files say at once that they are no text header.
            int count = content.ReadAtLeast(buffer.AsSpan(0, MagicLength), MagicLength, throwOnEndOfStream: false);
            if (ImageReader.TextFormatOf(buffer.AsSpan(0, count)) is null) continue;
            count += content.ReadAtLeast(buffer.AsSpan(count), buffer.Length - count, throwOnEndOfStream: false);
            if (DetachedHeader.Find(buffer.AsSpan(0, count)) is { } header) headers.Add((entry, header));
        }
        if (headers.Count == 0) return found;
        ILookup<string, ArchiveEntry> names = archive.ReadEntries().Where(entry => !entry.IsFolder).ToLookup(entry => entry.Name, StringComparer.Ordinal);
        foreach ((ArchiveEntry entry, DetachedHeader header) in headers)
        {
            // Two files of one name in different folders: nothing says which is meant.
            if (names[header.DataFile].ToArray() is not [{ } voxels] || voxels.HeaderOffset == entry.HeaderOffset) continue;
            found._byHeader[entry.HeaderOffset] = (header, voxels);
            found._voxels.Add(voxels.HeaderOffset);
        }
        return found;
    }

    /// <summary>Whether a file holds the voxels of a header, and is no image of its own.</summary>
    public bool IsVoxels(ArchiveEntry entry) => _voxels.Contains(entry.HeaderOffset);

    /// <summary>Header and voxels as one file; null: the entry is no such header. The caller disposes it.</summary>
    public Stream? Join(UploadedArchive archive, ArchiveEntry entry, UnpackBudget budget) =>
        _byHeader.TryGetValue(entry.HeaderOffset, out (DetachedHeader Header, ArchiveEntry Voxels) pair)
            ? new JoinedStream(pair.Header.Attached, archive.Open(pair.Voxels, budget))
            : null;

    /// <summary>Some bytes, then a stream, which it owns.</summary>
    private sealed class JoinedStream(byte[] first, Stream rest) : ForwardStream
    {
        private int _read;

        public override int Read(Span<byte> buffer)
        {
            if (_read == first.Length) return rest.Read(buffer);
            int count = Math.Min(buffer.Length, first.Length - _read);
            first.AsSpan(_read, count).CopyTo(buffer);
            _read += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
