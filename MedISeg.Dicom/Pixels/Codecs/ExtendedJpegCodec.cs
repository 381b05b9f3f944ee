using System.Runtime.CompilerServices;
using JpegLibrary;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Decodes sequential JPEG of more than 8 bit by JpegLibrary.</summary>
internal static class ExtendedJpegCodec
{
    /// <summary>Decodes a frame whose header was checked.</summary>
    /// <param name="stream">A stream that <see cref="JpegHeader.Read"/> walked.</param>
    /// <param name="header">Its header.</param>
    /// <param name="bytes">Bytes of a sample of the result, at least 2.</param>
    /// <param name="cancellationToken">Looked at once a block.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Decode(ReadOnlyMemory<byte> stream, JpegHeader header, int bytes, CancellationToken cancellationToken)
    {
        if (header.Precision != 12) throw PixelFault.Unreadable($"Extended JPEG has 8 or 12 bits; this frame has {header.Precision}.");
        Output output = new(header, bytes, cancellationToken);
        try
        {
            JpegDecoder decoder = new();
            decoder.SetInput(stream);
            decoder.Identify();
            decoder.SetOutputWriter(output);
            decoder.Decode();
        }
        catch (Exception exception) when (exception is not SegmentationException and not OperationCanceledException)
        {
            throw PixelFault.Unreadable("A JPEG frame cannot be decoded.", exception);
        }
        return output.IsComplete ? output.Frame : throw PixelFault.Truncated("A JPEG frame ends early.");
    }

    private sealed class Output(JpegHeader header, int bytes, CancellationToken cancellationToken) : JpegBlockOutputWriter
    {
        private readonly int _components = header.Sampling.Length;
        private readonly int _most = (1 << header.Precision) - 1;
        private long _written;

        internal byte[] Frame { get; } = new byte[(long)header.Width * header.Height * header.Sampling.Length * bytes];

        internal bool IsComplete => _written >= (long)header.Width * header.Height * _components;

        public override void WriteBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int columns = Math.Min(8, header.Width - x), rows = Math.Min(8, header.Height - y);
            if (columns <= 0 || rows <= 0 || (uint)componentIndex >= (uint)_components) return;
            for (int j = 0; j < rows; j++)
            {
                for (int i = 0; i < columns; i++)
                {
                    int value = Math.Clamp((int)Unsafe.Add(ref blockRef, 8 * j + i), 0, _most);
                    int at = (((y + j) * header.Width + x + i) * _components + componentIndex) * bytes;
                    Frame[at] = (byte)value;
                    Frame[at + 1] = (byte)(value >> 8);
                }
            }
            _written += columns * rows;
        }
    }
}
