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
            decoder.Out_color_space = decoder.Jpeg_color_space;
            decoder.jpeg_start_decompress();
            int stride = header.Width * header.Sampling.Length;
            if (decoder.Output_width != header.Width || decoder.Output_height != header.Height || decoder.Output_components != header.Sampling.Length)
                throw PixelFault.Unreadable("A JPEG frame decodes to another size than its header says.");
            byte[] frame = new byte[(long)stride * header.Height * bytes];
            byte[][] row = [new byte[stride]];
            for (int y = 0; y < header.Height; y++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (decoder.jpeg_read_scanlines(row, 1) != 1) throw EndsEarly();
                for (int x = 0, to = y * stride * bytes; x < stride; x++, to += bytes) frame[to] = row[0][x];
            }
            decoder.jpeg_finish_decompress();
            return faults.IsDamaged ? throw EndsEarly() : frame;
        }
        catch (Exception exception) when (exception is not SegmentationException and not OperationCanceledException)
        {
            // The port throws whatever damaged data leads to: Exception, index and null reference faults.
            throw PixelFault.Unreadable("A JPEG frame cannot be decoded.", exception);
        }
    }

    private static SegmentationException EndsEarly() => PixelFault.Truncated("A JPEG frame is damaged or ends early.");

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
