namespace MedISeg.Tests.Dicom.Pixels;

/// <summary>A plain encoder of sequential JPEG: ITU-T T.81 annex F, with codes of 5 bits for first coefficients, of 9 and 16 bits for the others.</summary>
internal sealed class SequentialJpegEncoder
{
    private const int ShortCodes = 200, ShortBits = 9, LongBits = 16, FirstBits = 5;

    private static readonly byte[] FirstSymbols = [.. Enumerable.Range(0, 16).Select(bits => (byte)bits)];

    private static readonly byte[] RestSymbols =
        [0, 0xf0, .. Enumerable.Range(0, 16).SelectMany(run => Enumerable.Range(1, 14).Select(bits => (byte)(run << 4 | bits)))];

    private readonly List<byte> _stream = [0xff, 0xd8];
    private ulong _pending;
    private int _count;

    /// <summary>Bits of a sample, 8 or 12.</summary>
    public required int Precision { get; init; }

    /// <summary>Columns and rows of the frame.</summary>
    public required (int Width, int Height) Size { get; init; }

    /// <summary>Across and down, a component.</summary>
    public required (int Across, int Down)[] Sampling { get; init; }

    /// <summary>Quanta in natural order, one table a component.</summary>
    public required int[][] Quanta { get; init; }

    /// <summary>Units between restarts; 0: none.</summary>
    public int Restart { get; init; }

    /// <summary>One scan for all components, or one each.</summary>
    public bool IsInterleaved { get; init; } = true;

    /// <summary>Places of the coefficients in the order of the stream, found by walking the diagonals.</summary>
    public static int[] ZigZag { get; } = [.. Enumerable.Range(0, 15).SelectMany(sum =>
        Enumerable.Range(0, 8).Where(v => sum - v is >= 0 and < 8).Select(v => sum % 2 == 0 ? (v: sum - v, u: v) : (v, u: sum - v))).Select(place => place.v * 8 + place.u)];

    private int MostAcross => Sampling.Max(one => one.Across);

    private int MostDown => Sampling.Max(one => one.Down);

    /// <summary>Columns and rows of a component.</summary>
    public (int Width, int Height) ComponentSize(int component) => (
        Up(Size.Width * Sampling[component].Across, MostAcross), Up(Size.Height * Sampling[component].Down, MostDown));

    /// <summary>Encodes a frame.</summary>
    /// <param name="blocks">Component, row and column of a block to its coefficients, in natural order, divided by their quanta.</param>
    public byte[] Encode(Func<int, int, int, int[]> blocks)
    {
        Segment(0xc4, [0x00, .. Counts((FirstBits, 16)), .. FirstSymbols]);
        Segment(0xc4, [0x13, .. Counts((ShortBits, ShortCodes), (LongBits, RestSymbols.Length - ShortCodes)), .. RestSymbols]);
        for (int c = 0; c < Sampling.Length; c++)
        {
            // Quanta above 255 take two bytes.
            bool wide = Quanta[c].Max() > 255;
            Segment(0xdb, [(byte)((wide ? 0x10 : 0) | c), .. ZigZag.SelectMany(place => wide ? [(byte)(Quanta[c][place] >> 8), (byte)Quanta[c][place]] : (byte[])[(byte)Quanta[c][place]])]);
        }
        Segment(Precision == 8 ? (byte)0xc0 : (byte)0xc1, [
            (byte)Precision, (byte)(Size.Height >> 8), (byte)Size.Height, (byte)(Size.Width >> 8), (byte)Size.Width, (byte)Sampling.Length,
            .. Sampling.SelectMany((one, c) => (byte[])[(byte)(c + 10), (byte)(one.Across << 4 | one.Down), (byte)c]),
        ]);
        Segment(0xdd, [(byte)(Restart >> 8), (byte)Restart]);
        int[] all = [.. Enumerable.Range(0, Sampling.Length)];
        foreach (int[] scan in IsInterleaved ? [all] : all.Select(c => (int[])[c])) Scan(scan, blocks);
        return [.. _stream, 0xff, 0xd9];
    }

    private void Scan(int[] components, Func<int, int, int, int[]> blocks)
    {
        Segment(0xda, [(byte)components.Length, .. components.SelectMany(c => (byte[])[(byte)(c + 10), 0x03]), 0, 63, 0]);
        bool alone = components.Length == 1;
        (int width, int height) = ComponentSize(components[0]);
        int across = alone ? Up(width, 8) : Up(Size.Width, 8 * MostAcross), down = alone ? Up(height, 8) : Up(Size.Height, 8 * MostDown);
        int[] before = new int[Sampling.Length];
        for (int unit = 0; unit < across * down; unit++)
        {
            if (Restart > 0 && unit > 0 && unit % Restart == 0)
            {
                Flush();
                _stream.AddRange([0xff, (byte)(0xd0 + (unit / Restart - 1) % 8)]);
                Array.Clear(before);
            }
            foreach (int c in components)
            {
                (int blocksAcross, int blocksDown) = alone ? (1, 1) : Sampling[c];
                for (int y = 0; y < blocksDown; y++)
                    for (int x = 0; x < blocksAcross; x++)
                        Block(blocks(c, unit / across * blocksDown + y, unit % across * blocksAcross + x), ref before[c]);
            }
        }
        Flush();
    }

    private void Block(int[] coefficients, ref int before)
    {
        Value(coefficients[0] - before, bits => Put(Array.IndexOf(FirstSymbols, (byte)bits), FirstBits));
        before = coefficients[0];
        int last = Array.FindLastIndex(ZigZag, place => coefficients[place] != 0), run = 0;
        for (int k = 1; k <= last; k++)
        {
            int value = coefficients[ZigZag[k]];
            if (value == 0)
            {
                run++;
                continue;
            }
            for (; run > 15; run -= 16) Symbol(0xf0);
            int zeros = run;
            Value(value, bits => Symbol((byte)(zeros << 4 | bits)));
            run = 0;
        }
        if (last < 63) Symbol(0);
    }

    private void Value(int value, Action<int> code)
    {
        int bits = 0;
        while (Math.Abs(value) >> bits > 0) bits++;
        code(bits);
        if (bits > 0) Put(value < 0 ? value + (1 << bits) - 1 : value, bits);
    }

    private void Symbol(byte symbol)
    {
        int place = Array.IndexOf(RestSymbols, symbol);
        if (place < ShortCodes) Put(place, ShortBits);
        else Put((ShortCodes << (LongBits - ShortBits)) + place - ShortCodes, LongBits);
    }

    private void Put(int value, int bits)
    {
        (_pending, _count) = (_pending << bits | (uint)value, _count + bits);
        for (; _count >= 8; _count -= 8)
        {
            byte next = (byte)(_pending >> (_count - 8));
            _stream.Add(next);
            if (next == 0xff) _stream.Add(0);
        }
    }

    private void Flush()
    {
        if (_count > 0) Put((1 << (8 - _count)) - 1, 8 - _count);
        (_pending, _count) = (0, 0);
    }

    private void Segment(byte marker, byte[] body) =>
        _stream.AddRange([0xff, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body]);

    private static byte[] Counts(params (int Bits, int Codes)[] lengths)
    {
        byte[] counts = new byte[16];
        foreach ((int bits, int codes) in lengths) counts[bits - 1] = (byte)codes;
        return counts;
    }

    private static int Up(int value, int by) => (value + by - 1) / by;
}
