using System.Buffers.Binary;
using System.IO.Compression;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes one gzip member whose blocks of 1 MiB are compressed side by side. The same bytes for any number of threads.</summary>
/// <remarks>
/// Each block ends at a byte, by a flush, so that blocks behind one another are one deflate stream. Several members would do too, but some
/// viewers read only the first. Holds twice a block a thread.
/// </remarks>
internal sealed class ParallelGzipStream : Stream
{
    private const int BlockLength = 1 << 20;

    /// <summary>Of what GZipStream writes.</summary>
    private const int HeaderLength = 10;

    private const int TrailerLength = 8;

    /// <summary>Each takes 2 MiB.</summary>
    private const int MostThreads = 8;

    /// <summary>Deflate, no name, no time, no system.</summary>
    private static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

    /// <summary>The deflate block that ends a stream: final, static codes, nothing in it.</summary>
    private static ReadOnlySpan<byte> LastBlock => [3, 0];

    private readonly Stream _output;
    private readonly ZLibCompressionOptions _options;
    private readonly int _threads;
    private readonly byte[] _pending;
    private readonly MemoryStream[] _packed;
    private readonly uint[] _checksums;
    private readonly int[] _lengths;
    private int _count;
    private long _total;
    private uint _checksum;
    private bool _begun, _ended;

    /// <summary>Starts at the output's position, with a thread a core, at most 8.</summary>
    /// <inheritdoc cref="ParallelGzipStream(Stream, int, int)"/>
    public ParallelGzipStream(Stream output, int level) : this(output, level, Math.Min(Environment.ProcessorCount, MostThreads))
    {
    }

    /// <summary>Starts at the output's position.</summary>
    /// <param name="output">Borrowed, left open.</param>
    /// <param name="level">Of zlib, 0 to 9.</param>
    /// <param name="threads">Blocks compressed at a time, at least 1.</param>
    public ParallelGzipStream(Stream output, int level, int threads)
    {
        _output = output;
        _options = new ZLibCompressionOptions { CompressionLevel = level };
        _threads = threads;
        _pending = GC.AllocateUninitializedArray<byte>(threads * BlockLength);
        _packed = [.. Enumerable.Range(0, threads).Select(_ => new MemoryStream())];
        _checksums = new uint[threads];
        _lengths = new int[threads];
    }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => !_ended;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        while (!buffer.IsEmpty)
        {
            int part = Math.Min(buffer.Length, _pending.Length - _count);
            buffer[..part].CopyTo(_pending.AsSpan(_count));
            _count += part;
            buffer = buffer[part..];
            if (_count == _pending.Length) Compress();
        }
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: only whole blocks leave.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Writes what is left, and the checksum.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            Compress();
            Span<byte> trailer = stackalloc byte[TrailerLength];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)_total);
            _output.Write(LastBlock);
            _output.Write(trailer);
        }
        base.Dispose(disposing);
    }

    private void Compress()
    {
        if (!_begun) _output.Write(Header);
        _begun = true;
        int blocks = (_count + BlockLength - 1) / BlockLength;
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = _threads }, CompressBlock);
        for (int n = 0; n < blocks; n++)
        {
            _output.Write(_packed[n].GetBuffer().AsSpan(HeaderLength, _lengths[n] - HeaderLength));
            int length = Math.Min(BlockLength, _count - n * BlockLength);
            _checksum = GzipChecksum.Join(_checksum, _checksums[n], length);
            _total += length;
        }
        _count = 0;
    }

    private void CompressBlock(int n)
    {
        MemoryStream packed = _packed[n];
        packed.SetLength(0);
        using (GZipStream gzip = new(packed, _options, leaveOpen: true))
        {
            gzip.Write(_pending.AsSpan(n * BlockLength, Math.Min(BlockLength, _count - n * BlockLength)));
            gzip.Flush();
            _lengths[n] = (int)packed.Length;
        }
        // What comes behind the flush ends the stream; only the checksum in it is wanted.
        _checksums[n] = BinaryPrimitives.ReadUInt32LittleEndian(packed.GetBuffer().AsSpan((int)packed.Length - TrailerLength));
    }
}
