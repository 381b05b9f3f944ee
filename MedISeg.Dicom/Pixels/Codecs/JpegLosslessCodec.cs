using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Decodes lossless JPEG: process 14, Huffman coded, all seven predictors, up to 16 bit. Source: ITU-T T.81 annex H.</summary>
internal static class JpegLosslessCodec
{
    private const int MaxTables = 64;

    /// <summary>Decodes a frame whose header was checked.</summary>
    /// <param name="stream">A stream that <see cref="JpegHeader.Read"/> walked.</param>
    /// <param name="header">Its header.</param>
    /// <param name="bytes">Bytes of a sample of the result, 1, 2, 4 or 8.</param>
    /// <param name="cancellationToken">Looked at once a row.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Decode(ReadOnlySpan<byte> stream, JpegHeader header, int bytes, CancellationToken cancellationToken)
    {
        if (header.Precision is < 2 or > 16 || header.Precision > 8 * bytes) throw PixelFault.Unreadable($"A lossless JPEG frame has {header.Precision} bits.");
        if (header.Sampling.Any(factors => factors != header.Sampling[0])) throw PixelFault.Unreadable("A lossless JPEG frame has subsampled components.");
        int components = header.Sampling.Length, at = 2, tables = 0, restart = 0, decoded = 0;
        Span<byte> identifiers = stackalloc byte[components];
        JpegHuffmanTable?[] huffman = JpegHuffmanTable.NewTables();
        byte[] frame = new byte[(long)header.Width * header.Height * components * bytes];
        while (true)
        {
            int marker = JpegHeader.NextMarker(stream, ref at);
            if (marker is -1 or 0xd9) break;
            if (marker is 0xd8 or 0x01) continue;
            int length = BinaryPrimitives.ReadUInt16BigEndian(stream[at..]);
            ReadOnlySpan<byte> body = stream[(at + 2)..(at + length)];
            at += length;
            switch (marker)
            {
                case JpegHeader.Lossless:
                    for (int i = 0; i < components; i++) identifiers[i] = body[6 + 3 * i];
                    break;
                case 0xc4:
                    if ((tables += JpegHuffmanTable.Read(body, huffman)) > MaxTables) throw PixelFault.Unreadable($"A JPEG stream defines more than {MaxTables} tables.");
                    break;
                case 0xdd:
                    if (body.Length < 2) throw PixelFault.Truncated("A JPEG restart interval ends early.");
                    restart = BinaryPrimitives.ReadUInt16BigEndian(body);
                    break;
                case 0xda:
                    JpegLosslessScan scan = JpegLosslessScan.Read(body, identifiers, huffman, header.Precision, restart, header.Width);
                    decoded |= scan.ComponentMask;
                    at += scan.Decode(stream[at..], frame, header, bytes, cancellationToken);
                    break;
            }
        }
        if (decoded != (1 << components) - 1) throw PixelFault.Truncated("A lossless JPEG stream ends before all of its components.");
        return frame;
    }
}
