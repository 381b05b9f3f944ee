using System.IO.Compression;
using System.Text;
using MedISeg.Api.Uploads.Archives;

namespace MedISeg.Tests.Api;

/// <summary>An entry of a hand-made archive; what is not null is a lie.</summary>
/// <param name="Name">Name, UTF-8.</param>
/// <param name="Content">Unpacked bytes.</param>
internal sealed record ZipItem(string Name, byte[] Content)
{
    /// <summary>0: stored; 8: deflated; else only claimed.</summary>
    public int Method { get; init; } = 8;

    /// <summary>General purpose flags.</summary>
    public int Flags { get; init; }

    /// <summary>Claimed checksum.</summary>
    public uint? Checksum { get; init; }

    /// <summary>Claimed unpacked length.</summary>
    public long? Length { get; init; }

    /// <summary>Claimed packed length.</summary>
    public long? PackedLength { get; init; }

    /// <summary>Claimed place of the entry's header.</summary>
    public long? HeaderOffset { get; init; }

    /// <summary>Whether lengths and place stand in 64-bit fields.</summary>
    public bool IsLong { get; init; }
}

/// <summary>Zip archives written byte by byte, so that every field can lie.</summary>
internal static class HandMadeZip
{
    /// <summary>An archive of entries.</summary>
    /// <param name="items">The entries.</param>
    /// <param name="isLong">Whether the directory's place stands in a 64-bit record.</param>
    /// <param name="claimedEntries">Number of entries that the end claims; null: the true one.</param>
    public static byte[] Create(IReadOnlyList<ZipItem> items, bool isLong = false, long? claimedEntries = null)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        List<byte[]> directory = [];
        foreach (ZipItem item in items) directory.Add(Write(writer, item));
        long start = stream.Position;
        foreach (byte[] entry in directory) writer.Write(entry);
        long size = stream.Position - start, count = claimedEntries ?? items.Count;
        if (isLong)
        {
            long at = stream.Position;
            writer.Write(0x06064b50u);
            writer.Write(44L);
            writer.Write(0x002d002du);
            writer.Write(0L);
            foreach (long value in new[] { count, count, size, start }) writer.Write(value);
            writer.Write(0x07064b50u);
            writer.Write(0);
            writer.Write(at);
            writer.Write(1);
        }
        writer.Write(0x06054b50u);
        writer.Write(0);
        ushort entries = isLong ? ushort.MaxValue : (ushort)count;
        writer.Write(entries);
        writer.Write(entries);
        writer.Write(isLong ? uint.MaxValue : (uint)size);
        writer.Write(isLong ? uint.MaxValue : (uint)start);
        writer.Write((ushort)0);
        return stream.ToArray();
    }

    /// <summary>An ordinary archive.</summary>
    public static byte[] Create(params IEnumerable<(string Name, byte[] Content)> files) => Create([.. files.Select(file => new ZipItem(file.Name, file.Content))]);

    /// <summary>Writes header and content, and returns the entry of the directory.</summary>
    private static byte[] Write(BinaryWriter writer, ZipItem item)
    {
        long offset = item.HeaderOffset ?? writer.BaseStream.Position;
        byte[] name = Encoding.UTF8.GetBytes(item.Name), packed = item.Method == 8 ? Deflate(item.Content) : item.Content;
        Crc32 sum = new();
        sum.Append(item.Content);
        uint checksum = item.Checksum ?? sum.Value;
        long length = item.Length ?? item.Content.Length, packedLength = item.PackedLength ?? packed.Length;
        writer.Write(0x04034b50u);
        writer.Write((ushort)45);
        writer.Write((ushort)item.Flags);
        writer.Write((ushort)item.Method);
        writer.Write(0);
        writer.Write(checksum);
        writer.Write((uint)packedLength);
        writer.Write((uint)length);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)0);
        writer.Write(name);
        writer.Write(packed);

        using MemoryStream entry = new();
        using BinaryWriter fields = new(entry);
        fields.Write(0x02014b50u);
        fields.Write((ushort)45);
        fields.Write((ushort)45);
        fields.Write((ushort)item.Flags);
        fields.Write((ushort)item.Method);
        fields.Write(0);
        fields.Write(checksum);
        fields.Write(item.IsLong ? uint.MaxValue : (uint)packedLength);
        fields.Write(item.IsLong ? uint.MaxValue : (uint)length);
        fields.Write((ushort)name.Length);
        fields.Write((ushort)(item.IsLong ? 34 : 0));
        fields.Write((ushort)0);
        fields.Write(new byte[8]);
        fields.Write(item.IsLong ? uint.MaxValue : (uint)offset);
        fields.Write(name);
        if (item.IsLong)
        {
            // A field that we do not know comes first.
            fields.Write((ushort)0x5455);
            fields.Write((ushort)2);
            fields.Write((ushort)0);
            fields.Write((ushort)1);
            fields.Write((ushort)24);
            foreach (long value in new[] { length, packedLength, offset }) fields.Write(value);
        }
        return entry.ToArray();
    }

    private static byte[] Deflate(byte[] content)
    {
        using MemoryStream packed = new();
        using (DeflateStream stream = new(packed, CompressionLevel.Optimal)) stream.Write(content);
        return packed.ToArray();
    }
}
