using System.IO.Compression;
using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>The bytes of a NIfTI file from its start on, inflated where they are gzip. Leaves the stream open.</summary>
internal sealed class NiftiInput : IDisposable
{
    /// <summary>Deflate cannot shrink more than this (258 bytes from two bits): it bounds what a gzip file can hold.</summary>
    private const long LargestDeflateRatio = 1032;

    /// <summary>What is read behind the voxels to reach the checksum of gzip; a longer tail is not looked at.</summary>
    private const int LongestTail = 1 << 20;

    private readonly Stream _bytes;
    private long _position;

    /// <summary>Starts at the stream's position.</summary>
    /// <param name="stream">Seekable; borrowed.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public NiftiInput(Stream stream)
    {
        if (!stream.CanSeek) throw new ArgumentException("A seekable stream is needed; copy it into a file first.", nameof(stream));
        Span<byte> magic = stackalloc byte[2];
        long start = stream.Position;
        int read = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        stream.Position = start;
        IsGzip = read == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        long length = stream.Length - start;
        MostBytes = IsGzip ? length * LargestDeflateRatio : length;
        _bytes = IsGzip ? new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true) : stream;
    }

    /// <summary>Whether the file is gzip.</summary>
    public bool IsGzip { get; }

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
                "The gzip data is damaged (its checksum or its codes are wrong); send the file again.", e);
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

    /// <summary>Reads the end of a gzip file, so that its checksum is compared.</summary>
    public void Finish()
    {
        if (!IsGzip) return;
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
        if (IsGzip) _bytes.Dispose();
    }
}
