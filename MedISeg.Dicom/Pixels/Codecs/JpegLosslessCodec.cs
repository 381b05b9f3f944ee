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
        int components = header.Sampling.Length, tables = 0, restart = 0, decoded = 0;
        Span<byte> identifiers = stackalloc byte[components];
        JpegHuffmanTable?[] huffman = JpegHuffmanTable.NewTables();
        byte[] frame = new byte[(long)header.Width * header.Height * components * bytes];
        JpegSegments segments = new(stream);
        while (segments.MoveNext())
        {
            switch (segments.Marker)
            {
                case JpegHeader.Lossless:
                    for (int i = 0; i < components; i++) identifiers[i] = segments.Body[6 + 3 * i];
                    break;
                case JpegSegments.HuffmanTables:
                    if ((tables += JpegHuffmanTable.Read(segments.Body, huffman)) > MaxTables) throw PixelFault.Unreadable($"A JPEG stream defines more than {MaxTables} tables.");
                    break;
                case JpegSegments.RestartInterval:
                    restart = segments.ReadRestart();
                    break;
                case JpegSegments.Scan:
                    JpegLosslessScan scan = JpegLosslessScan.Read(segments.Body, identifiers, huffman, header.Precision, restart, header.Width);
                    decoded |= scan.ComponentMask;
                    segments.Skip(scan.Decode(segments.Rest, frame, header, bytes, cancellationToken));
                    break;
            }
        }
        if (decoded != (1 << components) - 1) throw PixelFault.Truncated("A lossless JPEG stream ends before all of its components.");
        return frame;
    }
}
