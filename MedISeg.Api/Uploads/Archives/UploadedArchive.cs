using System.Buffers.Binary;
using System.Globalization;
using MedISeg.Imaging.Errors;
using Microsoft.Win32.SafeHandles;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>
/// Reads a zip archive that anyone may have sent: entry by entry from its directory, claimed places checked against the file, names looked at
/// only to refuse those that point outside, and to find the voxels of a detached header. Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
/// </summary>
internal sealed class UploadedArchive : IDisposable
{
    private const uint EntrySignature = 0x02014b50, HeaderSignature = 0x04034b50;
    private const int EntryLength = 46, HeaderLength = 30;
    private const int Stored = 0, Deflated = 8;

    /// <summary>Encrypted, strongly encrypted, names hidden.</summary>
    private const int EncryptionFlags = 1 | 1 << 6 | 1 << 13;

    private readonly SafeFileHandle _file;
    private readonly ArchiveDirectory _directory;

    /// <summary>Opens an archive.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="maxEntries">Most entries, folders counted.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>; <see cref="ErrorCode.TooLarge"/>: too many
    /// entries.</exception>
    public UploadedArchive(string path, int maxEntries)
    {
        _file = File.OpenHandle(path);
        try
        {
            Length = RandomAccess.GetLength(_file);
            _directory = ArchiveDirectory.Find(_file, Length);
            if (_directory.Entries > maxEntries)
                throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                    $"The archive holds {_directory.Entries} entries, and the limit is {maxEntries}; send the series alone. The operator sets Limits:MaxFiles."));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Length of the archive, bytes.</summary>
    public long Length { get; }

    /// <summary>The refusal of what is no whole archive.</summary>
    public static SegmentationException Damaged(Exception? cause = null) => new(ErrorCode.UnreadableArchive,
        "The archive is damaged or ends early; make it again, and send the whole file.", cause);

    /// <summary>Reads the directory, entry by entry.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>: it is damaged, or an entry is encrypted, packed in
    /// an unusual way, or points outside.</exception>
    public IEnumerable<ArchiveEntry> ReadEntries()
    {
        long at = _directory.Start;
        byte[] fields = new byte[EntryLength];
        for (long n = 0; n < _directory.Entries; n++)
        {
            ReadAt(at, fields);
            if (BinaryPrimitives.ReadUInt32LittleEndian(fields) != EntrySignature) throw Damaged();
            int name = Int16(fields, 28), extra = Int16(fields, 30), comment = Int16(fields, 32);
            byte[] texts = new byte[name + extra];
            ReadAt(at + EntryLength, texts);
            at += EntryLength + name + extra + comment;
            if (at > _directory.End) throw Damaged();
            yield return Parse(fields, texts.AsSpan(0, name), texts.AsSpan(name));
        }
    }

    /// <summary>Opens an entry; dispose the stream before the archive.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>: the entry is not where the directory says.</exception>
    public ArchiveEntryStream Open(ArchiveEntry entry, UnpackBudget budget)
    {
        byte[] header = new byte[HeaderLength];
        if (entry.HeaderOffset > _directory.Start - HeaderLength) throw Damaged();
        ReadAt(entry.HeaderOffset, header);
        long start = entry.HeaderOffset + HeaderLength + Int16(header, 26) + Int16(header, 28);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != HeaderSignature || entry.PackedLength > _directory.Start - start) throw Damaged();
        return new ArchiveEntryStream(_file, start, entry, budget);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private static ArchiveEntry Parse(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra)
    {
        int flags = Int16(fields, 8), method = Int16(fields, 10);
        if (EntryNames.PointsOutside(name))
            throw new SegmentationException(ErrorCode.UnreadableArchive,
                "The archive holds a path that leads out of its folder; make it again from the folder of the series.");
        if ((flags & EncryptionFlags) != 0)
            throw new SegmentationException(ErrorCode.UnreadableArchive, "The archive is encrypted; make it again without a password.");
        if (method is not (Stored or Deflated))
            throw new SegmentationException(ErrorCode.UnreadableArchive, string.Create(CultureInfo.InvariantCulture,
                $"The archive uses compression method {method}, which is not read; make an ordinary zip file (deflate)."));
        long[] sizes = ArchiveDirectory.Sizes(fields, extra);
        if (method == Stored && sizes[0] != sizes[1]) throw Damaged();
        return new ArchiveEntry(EntryNames.Last(name), EntryNames.IsFolder(name), method == Deflated, sizes[2], sizes[1], sizes[0], BinaryPrimitives.ReadUInt32LittleEndian(fields[16..]));
    }

    private void ReadAt(long offset, Span<byte> bytes)
    {
        if (offset < 0 || offset > Length - bytes.Length) throw Damaged();
        ArchiveDirectory.Fill(_file, bytes, offset);
    }

    private static int Int16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
