using System.IO.Compression;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>The bytes of an image file from a place on, inflated where they are packed. Leaves the stream open.</summary>
internal sealed class VoxelInput : IDisposable
{
    /// <summary>Deflate cannot shrink more than this (258 bytes from two bits): it bounds what a gzip file can hold.</summary>
    private const long LargestDeflateRatio = 1032;

    /// <summary>What is read behind the voxels to reach the checksum of gzip; a longer tail is not looked at.</summary>
    private const int LongestTail = 1 << 20;

    private readonly Stream _bytes;
    private long _position;

    private readonly Packing _packing;

    /// <summary>Starts at the stream's position; whether gzip is there, its first bytes say.</summary>
    /// <inheritdoc cref="VoxelInput(Stream, Packing)"/>
    public VoxelInput(Stream stream) : this(stream, Detect(stream))
    {
    }

    /// <summary>Starts at the stream's position.</summary>
    /// <param name="stream">Seekable; borrowed.</param>
    /// <param name="packing">How the bytes are packed.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public VoxelInput(Stream stream, Packing packing)
    {
        if (!stream.CanSeek) throw NotSeekable();
        _packing = packing;
        long length = stream.Length - stream.Position;
        MostBytes = packing == Packing.None ? length : length * LargestDeflateRatio;
        _bytes = packing switch
        {
            Packing.Gzip => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true),
            Packing.Zlib => new ZLibStream(stream, CompressionMode.Decompress, leaveOpen: true),
            _ => stream,
        };
    }

    /// <summary>Whether the file is gzip.</summary>
    public bool IsGzip => _packing == Packing.Gzip;

    /// <summary>No more bytes than this can come.</summary>
    public long MostBytes { get; }

    /// <summary>Fills a span as far as the file goes.</summary>
    /// <returns>Number of bytes read.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: the gzip data is damaged. Cut data ends early
    /// instead.</exception>
    public int ReadUpTo(Span<byte> buffer)
    {
        try
        {
            int read = _bytes.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            _position += read;
            return read;
        }
        catch (InvalidDataException e)
        {
            throw new SegmentationException(ErrorCode.UnreadableImage,
                "The gzip or zlib data is damaged (its checksum or its codes are wrong); send the file again.", e);
        }
    }

    /// <summary>Fills a span.</summary>
    /// <exception cref="SegmentationException">As <see cref="ReadUpTo"/>, and <see cref="ErrorCode.TruncatedImage"/> at the end of the
    /// file.</exception>
    public void Read(Span<byte> buffer)
    {
        if (ReadUpTo(buffer) < buffer.Length) throw Truncated();
    }

    /// <summary>Reads on to a byte of the file.</summary>
    /// <param name="offset">Not before the bytes read so far.</param>
    public void SkipTo(long offset)
    {
        Span<byte> waste = stackalloc byte[4096];
        while (_position < offset) Read(waste[..(int)Math.Min(waste.Length, offset - _position)]);
    }

    /// <summary>Reads the end of packed data, so that its checksum is compared.</summary>
    public void Finish()
    {
        if (_packing == Packing.None) return;
        Span<byte> waste = stackalloc byte[4096];
        for (int left = LongestTail; left > 0; left -= waste.Length)
            if (ReadUpTo(waste) < waste.Length)
                return;
    }

    /// <summary>The refusal of a file that ends early.</summary>
    public static SegmentationException Truncated() => new(ErrorCode.TruncatedImage,
        "The file ends before the voxels that its header announces; send the whole file.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_packing != Packing.None) _bytes.Dispose();
    }

    /// <summary>How the bytes at the stream's position are packed: gzip or not at all.</summary>
    private static Packing Detect(Stream stream)
    {
        if (!stream.CanSeek) throw NotSeekable();
        Span<byte> magic = stackalloc byte[2];
        long start = stream.Position;
        int read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        stream.Position = start;
        return read == 2 && magic[0] == 0x1f && magic[1] == 0x8b ? Packing.Gzip : Packing.None;
    }

    private static ArgumentException NotSeekable() => new("A seekable stream is needed; copy it into a file first.", "stream");
}
