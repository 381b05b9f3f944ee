using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Decodes sequential JPEG, baseline and extended, Huffman coded, of 8 and 12 bit; colours stay as they are stored. Source: ITU-T T.81 annex F.</summary>
internal static class SequentialJpegCodec
{
    private const int MaxTables = 64, QuantumTables = 4;

    /// <summary>Decodes a frame whose header was checked.</summary>
    /// <param name="stream">A stream that <see cref="JpegHeader.Read"/> walked.</param>
    /// <param name="header">Its header.</param>
    /// <param name="bytes">Bytes of a sample of the result, 1, 2, 4 or 8.</param>
    /// <param name="cancellationToken">Looked at once a row of blocks.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Decode(ReadOnlySpan<byte> stream, JpegHeader header, int bytes, CancellationToken cancellationToken)
    {
        if (header.Precision is not (8 or 12) || header.Precision > 8 * bytes) throw PixelFault.Unreadable($"Sequential JPEG has 8 or 12 bits; this frame has {header.Precision}.");
        List<JpegPlane> planes = [];
        try
        {
            for (int component = 0; component < header.Sampling.Length; component++) planes.Add(new JpegPlane(header, component));
            Decode(stream, header, planes, cancellationToken);
            return JpegPlane.Join(planes, header, bytes);
        }
        finally
        {
            foreach (JpegPlane plane in planes) plane.Dispose();
        }
    }

    private static void Decode(ReadOnlySpan<byte> stream, JpegHeader header, List<JpegPlane> planes, CancellationToken cancellationToken)
    {
        int components = planes.Count, tables = 0, restart = 0, decoded = 0;
        Span<byte> identifiers = stackalloc byte[components], quantumOf = stackalloc byte[components];
        JpegHuffmanTable?[] huffman = JpegHuffmanTable.NewTables();
        ushort[]?[] quanta = new ushort[]?[QuantumTables];
        JpegSegments segments = new(stream);
        while (segments.MoveNext())
        {
            switch (segments.Marker)
            {
                case JpegHeader.Baseline or JpegHeader.Extended:
                    for (int i = 0; i < components; i++) (identifiers[i], quantumOf[i]) = (segments.Body[6 + 3 * i], segments.Body[8 + 3 * i]);
                    break;
                case JpegSegments.HuffmanTables:
                    tables += JpegHuffmanTable.Read(segments.Body, huffman);
                    break;
                case JpegSegments.QuantumTables:
                    tables += ReadQuanta(segments.Body, quanta);
                    break;
                case JpegSegments.RestartInterval:
                    restart = segments.ReadRestart();
                    break;
                case JpegSegments.Scan:
                    SequentialJpegScan scan = SequentialJpegScan.Read(segments.Body, identifiers, quantumOf, huffman, quanta, planes, header, restart);
                    decoded |= scan.ComponentMask;
                    segments.Skip(scan.Decode(segments.Rest, cancellationToken));
                    break;
            }
            if (tables > MaxTables) throw PixelFault.Unreadable($"A JPEG stream defines more than {MaxTables} tables.");
        }
        if (decoded != (1 << components) - 1) throw PixelFault.Truncated("A JPEG stream ends before all of its components.");
    }

    /// <summary>Reads the quantization tables of a segment.</summary>
    private static int ReadQuanta(ReadOnlySpan<byte> body, ushort[]?[] quanta)
    {
        int count = 0;
        for (; body.Length > 0; count++)
        {
            int bytes = 1 + (body[0] >> 4), size = 1 + InverseCosine.Size * bytes, place = body[0] & 15;
            if (bytes > 2 || place >= quanta.Length || body.Length < size) throw PixelFault.Unreadable("A JPEG stream has a damaged quantization table.");
            ushort[] table = new ushort[InverseCosine.Size];
            for (int k = 0; k < table.Length; k++) table[k] = bytes == 1 ? body[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(body[(1 + 2 * k)..]);
            quanta[place] = table;
            body = body[size..];
        }
        return count;
    }
}
