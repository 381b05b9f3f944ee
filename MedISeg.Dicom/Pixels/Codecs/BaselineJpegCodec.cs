using BitMiracle.LibJpeg.Classic;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Decodes sequential JPEG of 8 bit by BitMiracle.LibJpeg.NET, a port of libjpeg; colours stay as they are stored.</summary>
internal static class BaselineJpegCodec
{
    /// <summary>Decodes a frame whose header was checked.</summary>
    /// <param name="stream">A stream that <see cref="JpegHeader.Read"/> walked.</param>
    /// <param name="header">Its header, of 8 bit.</param>
    /// <param name="bytes">Bytes of a sample of the result.</param>
    /// <param name="cancellationToken">Looked at once a row.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Decode(ReadOnlyMemory<byte> stream, JpegHeader header, int bytes, CancellationToken cancellationToken)
    {
        Faults faults = new();
        try
        {
            jpeg_decompress_struct decoder = new(faults);
            decoder.jpeg_stdio_src(new MemoryStream(stream.ToArray(), writable: false));
            decoder.jpeg_read_header(true);
            // Components as they are stored: no colour conversion, and no upsampling but ours.
            decoder.Raw_data_out = true;
            decoder.Do_fancy_upsampling = false;
            decoder.jpeg_start_decompress();
            if (decoder.Image_width != header.Width || decoder.Image_height != header.Height || decoder.Num_components != header.Sampling.Length)
                throw PixelFault.Unreadable("A JPEG frame decodes to another size than its header says.");
            Plane[] planes = ReadPlanes(decoder, header, cancellationToken);
            byte[] frame = Join(planes, header, bytes);
            decoder.jpeg_finish_decompress();
            return faults.IsDamaged ? throw EndsEarly() : frame;
        }
        catch (Exception exception) when (exception is not SegmentationException and not OperationCanceledException)
        {
            // The port throws whatever damaged data leads to: Exception, index and null reference faults.
            throw PixelFault.Unreadable("A JPEG frame cannot be decoded.", exception);
        }
    }

    private static Plane[] ReadPlanes(jpeg_decompress_struct decoder, JpegHeader header, CancellationToken cancellationToken)
    {
        int across = header.Sampling.Max(factors => factors >> 4), down = header.Sampling.Max(factors => factors & 15), lines = 8 * down;
        int bands = (header.Height + lines - 1) / lines;
        Plane[] planes = [.. header.Sampling.Select(factors => new Plane(header, factors >> 4, factors & 15, across, down, bands))];
        byte[][][] band = [.. planes.Select(plane => plane.NewBand())];
        for (int i = 0; i < bands; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (decoder.jpeg_read_raw_data(band, lines) != lines) throw EndsEarly();
            for (int component = 0; component < planes.Length; component++) planes[component].Add(band[component]);
        }
        return planes;
    }

    private static byte[] Join(Plane[] planes, JpegHeader header, int bytes)
    {
        byte[] frame = new byte[(long)header.Width * header.Height * planes.Length * bytes], row = new byte[header.Width];
        for (int y = 0, first = 0; y < header.Height; y++, first += header.Width * planes.Length * bytes)
        {
            if (planes.Length * bytes == 1)
            {
                planes[0].Read(y, frame.AsSpan(first, row.Length));
                continue;
            }
            for (int component = 0; component < planes.Length; component++)
            {
                planes[component].Read(y, row);
                for (int x = 0, to = first + component * bytes; x < row.Length; x++, to += planes.Length * bytes) frame[to] = row[x];
            }
        }
        return frame;
    }

    private static SegmentationException EndsEarly() => PixelFault.Truncated("A JPEG frame is damaged or ends early.");

    /// <summary>A component as it is stored, with the padding of its last blocks.</summary>
    private sealed class Plane
    {
        private readonly int _width, _height, _stride, _rows, _across, _down;
        private readonly byte[] _samples;
        private int _filled;

        internal Plane(JpegHeader header, int horizontal, int vertical, int across, int down, int bands)
        {
            // A component of factor 3 beside one of 4 has no whole ratio.
            if (across % horizontal != 0 || down % vertical != 0) throw PixelFault.Unreadable("A JPEG frame has components of uneven sampling.");
            (_across, _down, _rows) = (across / horizontal, down / vertical, 8 * vertical);
            (_width, _height) = ((header.Width + _across - 1) / _across, (header.Height + _down - 1) / _down);
            _stride = (header.Width + 8 * across - 1) / (8 * across) * 8 * horizontal;
            _samples = new byte[(long)_stride * _rows * bands];
        }

        internal byte[][] NewBand() => [.. Enumerable.Range(0, _rows).Select(_ => new byte[_stride])];

        internal void Add(byte[][] band)
        {
            foreach (byte[] row in band)
            {
                row.CopyTo(_samples, _filled);
                _filled += _stride;
            }
        }

        internal void Read(int y, Span<byte> row) => JpegUpsampling.Row(_samples, _stride, _width, _height, _across, _down, y, row);
    }

    /// <summary>libjpeg fills what is missing with grey and warns; nothing may be printed.</summary>
    private sealed class Faults : jpeg_error_mgr
    {
        internal bool IsDamaged { get; private set; }

        public override void emit_message(int msg_level)
        {
            if (msg_level < 0) IsDamaged = true;
        }

        public override void output_message()
        {
        }

        public override void error_exit() => throw PixelFault.Unreadable("A JPEG frame cannot be decoded.");
    }
}
