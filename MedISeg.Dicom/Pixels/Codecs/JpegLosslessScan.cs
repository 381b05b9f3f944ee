namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>One scan of a lossless JPEG stream: its components, their tables, and how values are predicted.</summary>
internal sealed class JpegLosslessScan
{
    private readonly int[] _components;
    private readonly JpegHuffmanTable[] _tables;
    private readonly int _predictor;
    private readonly int _shift;
    private readonly int _first;
    private readonly int _restartRows;

    private JpegLosslessScan(int[] components, JpegHuffmanTable[] tables, int predictor, int shift, int first, int restartRows)
    {
        _components = components;
        _tables = tables;
        _predictor = predictor;
        _shift = shift;
        _first = first;
        _restartRows = restartRows;
    }

    /// <summary>One bit a component that the scan holds.</summary>
    internal int ComponentMask => _components.Sum(component => 1 << component);

    /// <summary>Reads a scan header.</summary>
    internal static JpegLosslessScan Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> identifiers, JpegHuffmanTable?[] huffman, int precision,
        int restart, int width)
    {
        if (body.Length < 1 || body.Length < 4 + 2 * body[0]) throw PixelFault.Truncated("A JPEG scan header ends early.");
        int count = body[0], predictor = body[1 + 2 * count], shift = body[3 + 2 * count] & 15;
        if (count < 1 || count > identifiers.Length) throw PixelFault.Unreadable($"A JPEG scan has {count} components.");
        if (predictor is < 1 or > 7 || shift >= precision) throw PixelFault.Unreadable($"Lossless JPEG has no predictor {predictor} with a shift of {shift} bits.");
        // T.81 H.1.1: an interval holds whole rows.
        if (restart % width != 0) throw PixelFault.Unreadable($"A restart interval of {restart} samples does not hold whole rows of {width}.");
        int[] components = new int[count];
        JpegHuffmanTable[] tables = new JpegHuffmanTable[count];
        for (int i = 0; i < count; i++)
        {
            components[i] = identifiers.IndexOf(body[1 + 2 * i]);
            if (components[i] < 0 || components.AsSpan(0, i).Contains(components[i])) throw PixelFault.Unreadable("A JPEG scan names a component that there is not, or one twice.");
            tables[i] = huffman[body[2 + 2 * i] >> 4 & 3] ?? throw PixelFault.Unreadable("A JPEG scan names a Huffman table that there is not.");
        }
        return new JpegLosslessScan(components, tables, predictor, shift, 1 << (precision - shift - 1), restart / width);
    }

    /// <summary>Decodes the scan into its components' places.</summary>
    /// <param name="data">Entropy coded data and what follows it.</param>
    /// <param name="frame">Little endian samples, those of a pixel side by side.</param>
    /// <param name="header">Header of the frame.</param>
    /// <param name="bytes">Bytes of a sample.</param>
    /// <param name="cancellationToken">Looked at once a row.</param>
    /// <returns>Where the data ends.</returns>
    internal int Decode(ReadOnlySpan<byte> data, byte[] frame, JpegHeader header, int bytes, CancellationToken cancellationToken)
    {
        int count = _components.Length, width = header.Width, step = header.Sampling.Length * bytes;
        JpegBitReader reader = new(data);
        int[][] above = new int[count][], row = new int[count][];
        for (int i = 0; i < count; i++) (above[i], row[i]) = (new int[width], new int[width]);
        for (int y = 0; y < header.Height; y++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isFirst = y == 0 || (_restartRows > 0 && y % _restartRows == 0);
            if (isFirst && y > 0 && !reader.Restart()) throw EndsEarly();
            for (int x = 0; x < width; x++)
            {
                for (int i = 0; i < count; i++)
                {
                    int value = (Predict(above[i], row[i], x, isFirst) + Difference(ref reader, _tables[i])) & 0xffff;
                    row[i][x] = value;
                    int shifted = value << _shift, at = (y * width + x) * step + _components[i] * bytes;
                    frame[at] = (byte)shifted;
                    if (bytes > 1) frame[at + 1] = (byte)(shifted >> 8);
                }
            }
            if (reader.IsPastEnd) throw EndsEarly();
            (above, row) = (row, above);
        }
        return reader.Position;
    }

    private int Predict(int[] above, int[] row, int x, bool isFirst)
    {
        if (isFirst) return x == 0 ? _first : row[x - 1];
        if (x == 0) return above[0];
        int a = row[x - 1], b = above[x], c = above[x - 1];
        return _predictor switch
        {
            1 => a,
            2 => b,
            3 => c,
            4 => a + b - c,
            5 => a + ((b - c) >> 1),
            6 => b + ((a - c) >> 1),
            _ => (a + b) >> 1,
        };
    }

    private static int Difference(ref JpegBitReader reader, JpegHuffmanTable table)
    {
        int value = reader.TakeValue(table, out int bits);
        if (bits is < 0 or > 16) throw PixelFault.Unreadable("Lossless JPEG data is damaged.");
        return bits == 16 ? 32768 : value;
    }

    private static Imaging.Errors.SegmentationException EndsEarly() => PixelFault.Truncated("Lossless JPEG data ends early.");
}
