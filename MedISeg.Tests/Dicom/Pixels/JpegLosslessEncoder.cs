namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>A plain encoder of lossless JPEG: ITU-T T.81 annex H, with one table that gives each of the 17 categories a code of 5 bits.</summary>
internal static class JpegLosslessEncoder
{
    /// <param name="samples">Shape [height, width, components].</param>
    /// <param name="width">Columns.</param>
    /// <param name="components">Samples of a pixel.</param>
    /// <param name="precision">Bits of a sample.</param>
    /// <param name="predictor">1 to 7.</param>
    /// <param name="shift">Bits that are dropped.</param>
    /// <param name="restartRows">Rows between restarts; 0: none.</param>
    /// <param name="interleaved">One scan for all components, or one each.</param>
    internal static byte[] Encode(int[] samples, int width, int components, int precision, int predictor, int shift = 0, int restartRows = 0,
        bool interleaved = true)
    {
        int height = samples.Length / width / components;
        List<byte> stream = [0xff, 0xd8, 0xff, 0xc4, 0, 36, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (int category = 0; category <= 16; category++) stream.Add((byte)category);
        stream.AddRange([0xff, 0xc3, 0, (byte)(8 + 3 * components), (byte)precision, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)components]);
        for (int i = 0; i < components; i++) stream.AddRange([(byte)(i + 10), 0x11, 0]);
        stream.AddRange([0xff, 0xdd, 0, 4, (byte)(restartRows * width >> 8), (byte)(restartRows * width)]);
        int[][] scans = interleaved ? [[.. Enumerable.Range(0, components)]] : [.. Enumerable.Range(0, components).Select(i => (int[])[i])];
        foreach (int[] scan in scans)
        {
            stream.AddRange([0xff, 0xda, 0, (byte)(6 + 2 * scan.Length), (byte)scan.Length]);
            foreach (int component in scan) stream.AddRange([(byte)(component + 10), 0]);
            stream.AddRange([(byte)predictor, 0, (byte)shift]);
            Scan(stream, samples, width, height, components, precision, predictor, shift, restartRows, scan);
        }
        return [.. stream, 0xff, 0xd9];
    }

    private static void Scan(List<byte> stream, int[] samples, int width, int height, int components, int precision, int predictor, int shift,
        int restartRows, int[] scan)
    {
        List<bool> bits = [];
        int At(int y, int x, int component) => samples[(y * width + x) * components + component] >> shift;
        for (int y = 0; y < height; y++)
        {
            bool first = y == 0 || (restartRows > 0 && y % restartRows == 0);
            if (first && y > 0)
            {
                Flush(stream, bits);
                stream.AddRange([0xff, (byte)(0xd0 + (y / restartRows - 1) % 8)]);
            }
            for (int x = 0; x < width; x++)
            {
                foreach (int c in scan)
                {
                    int prediction = first ? x == 0 ? 1 << (precision - shift - 1) : At(y, x - 1, c)
                        : x == 0 ? At(y - 1, 0, c)
                        : predictor switch
                        {
                            1 => At(y, x - 1, c),
                            2 => At(y - 1, x, c),
                            3 => At(y - 1, x - 1, c),
                            4 => At(y, x - 1, c) + At(y - 1, x, c) - At(y - 1, x - 1, c),
                            5 => At(y, x - 1, c) + ((At(y - 1, x, c) - At(y - 1, x - 1, c)) >> 1),
                            6 => At(y - 1, x, c) + ((At(y, x - 1, c) - At(y - 1, x - 1, c)) >> 1),
                            _ => (At(y, x - 1, c) + At(y - 1, x, c)) >> 1,
                        };
                    int difference = (short)(At(y, x, c) - prediction);
                    int category = 0;
                    while (Math.Abs(difference) >> category != 0) category++;
                    Put(bits, category, 5);
                    if (category < 16) Put(bits, difference < 0 ? difference - 1 : difference, category);
                }
            }
        }
        Flush(stream, bits);
    }

    private static void Put(List<bool> bits, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--) bits.Add((value >> i & 1) == 1);
    }

    private static void Flush(List<byte> stream, List<bool> bits)
    {
        while (bits.Count % 8 != 0) bits.Add(true);
        for (int at = 0; at < bits.Count; at += 8)
        {
            byte value = 0;
            for (int i = 0; i < 8; i++) value = (byte)(value << 1 | (bits[at + i] ? 1 : 0));
            stream.Add(value);
            if (value == 0xff) stream.Add(0);
        }
        bits.Clear();
    }
}
