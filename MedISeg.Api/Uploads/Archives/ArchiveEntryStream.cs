using System.IO.Compression;
using MedISeg.Imaging.Errors;
using Microsoft.Win32.SafeHandles;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>Unpacks one entry: counts its bytes, and compares length and checksum at its end. Reads block; the archive is a local file.</summary>
internal sealed class ArchiveEntryStream : ForwardStream
{
    private readonly ArchiveEntry _entry;
    private readonly UnpackBudget _budget;
    private readonly Stream _unpacked;
    private Crc32 _checksum = new();
    private long _count;

    /// <summary>Opens an entry.</summary>
    /// <param name="archive">Borrowed.</param>
    /// <param name="start">Place of the first packed byte; all packed bytes lie within the archive.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="budget">Takes note of what is unpacked.</param>
    public ArchiveEntryStream(SafeFileHandle archive, long start, ArchiveEntry entry, UnpackBudget budget)
    {
        _entry = entry;
        _budget = budget;
        PackedStream packed = new(archive, start, entry.PackedLength);
        _unpacked = entry.IsDeflated ? new DeflateStream(packed, CompressionMode.Decompress) : packed;
    }

    /// <inheritdoc />
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/> or <see cref="ErrorCode.TooLarge"/>.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        int count = Unpack(buffer);
        _count += count;
        if (_count > _entry.Length) throw UploadedArchive.Damaged();
        _budget.Spend(count);
        _checksum.Append(buffer[..count]);
        if (count == 0 && (_count != _entry.Length || _checksum.Value != _entry.Checksum)) throw UploadedArchive.Damaged();
        return count;
    }

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing) _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return _unpacked.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw UploadedArchive.Damaged(e);
        }
    }

    /// <summary>The packed bytes.</summary>
    private sealed class PackedStream(SafeFileHandle archive, long start, long length) : ForwardStream
    {
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int count = RandomAccess.Read(archive, buffer[..(int)Math.Min(buffer.Length, length - _read)], start + _read);
            _read += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }
    }
}
