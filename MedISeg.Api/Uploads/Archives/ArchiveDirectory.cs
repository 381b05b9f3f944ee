using System.Buffers.Binary;
using MedISeg.Imaging.Errors;
using Microsoft.Win32.SafeHandles;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>Where the directory of a zip archive lies. Source: PKWARE APPNOTE 6.3.10, sections 4.3.14 to 4.3.16 and 4.5.3.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte behind it.</param>
/// <param name="Entries">Number of entries that it claims.</param>
internal sealed record ArchiveDirectory(long Start, long End, long Entries)
{
    private const uint EndSignature = 0x06054b50, LocatorSignature = 0x07064b50, LongEndSignature = 0x06064b50;
    private const int EndLength = 22, LocatorLength = 20, LongEndLength = 56, LongestComment = ushort.MaxValue;
    private const int LongSizesId = 1;

    /// <summary>Finds the directory from the end of the file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>: there is none, or it lies outside.</exception>
    public static ArchiveDirectory Find(SafeFileHandle file, long length)
    {
        byte[] tail = new byte[(int)Math.Min(length, EndLength + LongestComment)];
        long tailStart = length - tail.Length;
        Fill(file, tail, tailStart);
        for (int at = tail.Length - EndLength; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature || BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) > end.Length - EndLength) continue;
            return Read(file, end, tailStart + at);
        }
        throw UploadedArchive.Damaged();
    }

    /// <summary>Unpacked length, packed length and place of an entry's header; the long ones stand in an extra field.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>: a long one is missing or beyond 63 bits.</exception>
    public static long[] Sizes(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> extra)
    {
        uint[] sizes = [BinaryPrimitives.ReadUInt32LittleEndian(fields[24..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[20..]), BinaryPrimitives.ReadUInt32LittleEndian(fields[42..])];
        ReadOnlySpan<byte> longs = sizes.Contains(uint.MaxValue) ? LongSizes(extra) : [];
        long[] result = new long[sizes.Length];
        for (int n = 0; n < sizes.Length; n++)
        {
            result[n] = sizes[n];
            if (sizes[n] != uint.MaxValue) continue;
            result[n] = longs.Length >= 8 ? Checked(BinaryPrimitives.ReadInt64LittleEndian(longs)) : throw UploadedArchive.Damaged();
            longs = longs[8..];
        }
        return result;
    }

    /// <summary>Fills a span from a place in the file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableArchive"/>: the file ends before.</exception>
    public static void Fill(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(file, bytes, offset);
            if (count == 0) throw UploadedArchive.Damaged();
            bytes = bytes[count..];
            offset += count;
        }
    }

    private static ArchiveDirectory Read(SafeFileHandle file, ReadOnlySpan<byte> end, long endStart)
    {
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        bool isLong = entries == ushort.MaxValue || size == uint.MaxValue || start == uint.MaxValue;
        ArchiveDirectory found = isLong && ReadLong(file, endStart) is { } directory ? directory : new ArchiveDirectory(start, (long)start + size, entries);
        // Before subtracting: all three are not negative here.
        return found.Start <= found.End && found.End <= endStart ? found : throw UploadedArchive.Damaged();
    }

    /// <summary>The 64-bit record; null: there is none, and the values are just that large.</summary>
    private static ArchiveDirectory? ReadLong(SafeFileHandle file, long endStart)
    {
        if (endStart < LocatorLength + LongEndLength) return null;
        byte[] locator = new byte[LocatorLength], end = new byte[LongEndLength];
        Fill(file, locator, endStart - LocatorLength);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorSignature) return null;
        long at = Checked(BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)));
        if (at > endStart - LocatorLength - LongEndLength) throw UploadedArchive.Damaged();
        Fill(file, end, at);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != LongEndSignature) throw UploadedArchive.Damaged();
        long entries = Checked(BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32)));
        long size = Checked(BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(40))), start = Checked(BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)));
        return size <= at && start <= at ? new ArchiveDirectory(start, start + size, entries) : throw UploadedArchive.Damaged();
    }

    private static ReadOnlySpan<byte> LongSizes(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            extra = extra[4..];
            if (length > extra.Length) break;
            if (id == LongSizesId) return extra[..length];
            extra = extra[length..];
        }
        throw UploadedArchive.Damaged();
    }

    private static long Checked(long value) => value >= 0 ? value : throw UploadedArchive.Damaged();
}
