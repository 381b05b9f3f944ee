namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>A Huffman table by which the bits that lie ahead give a code's length and its symbol: short codes at once. Source: ITU-T T.81 annex C.</summary>
internal sealed class JpegHuffmanTable
{
    private const int Longest = 16, ShortBits = 10;

    /// <summary>Kinds of tables times the four of each.</summary>
    private const int Places = 8;

    /// <summary>Length in the high byte, symbol in the low one, of each short code and whatever follows it; 0: it is a longer code, or none.</summary>
    private readonly ushort[] _short = new ushort[1 << ShortBits];

    /// <summary>By length: what follows the last code of it, as 16 bits, and what is added to a code to find its symbol.</summary>
    private readonly int[] _ends = new int[Longest + 1], _offsets = new int[Longest + 1];

    private readonly byte[] _symbols;

    /// <summary>Builds the table.</summary>
    /// <param name="counts">Number of codes of 1 to 16 bits.</param>
    /// <param name="symbols">Symbols in the order of their codes, as many as there are codes.</param>
    internal JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0, next = 0;
        for (int length = 1; length <= Longest; length++, code <<= 1)
        {
            _offsets[length] = next - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, next++)
            {
                if (code >= 1 << length) throw PixelFault.Unreadable("A JPEG stream has a Huffman table with too many codes.");
                if (length <= ShortBits)
                    _short.AsSpan(code << (ShortBits - length), 1 << (ShortBits - length)).Fill((ushort)(length << 8 | symbols[next]));
            }
            _ends[length] = code << (Longest - length);
        }
    }

    /// <summary>Reads the tables of a segment.</summary>
    /// <param name="body">The segment.</param>
    /// <param name="tables">Takes them: those of DC coefficients and lossless differences in 0 to 3, of AC coefficients in 4 to 7.</param>
    /// <returns>How many there were.</returns>
    internal static int Read(ReadOnlySpan<byte> body, JpegHuffmanTable?[] tables)
    {
        int count = 0;
        while (body.Length > Longest)
        {
            int symbols = 0;
            foreach (byte codes in body[1..(Longest + 1)]) symbols += codes;
            int place = (body[0] >> 4) * 4 + (body[0] & 15);
            if (symbols > body.Length - Longest - 1 || (body[0] & 15) > 3 || place >= Places) throw PixelFault.Unreadable("A JPEG stream has a damaged Huffman table.");
            tables[place] = new JpegHuffmanTable(body[1..(Longest + 1)], body.Slice(Longest + 1, symbols));
            body = body[(Longest + 1 + symbols)..];
            count++;
        }
        return count;
    }

    /// <summary>An array for <see cref="Read"/>.</summary>
    internal static JpegHuffmanTable?[] NewTables() => new JpegHuffmanTable?[Places];

    /// <summary>Length of the code in the high byte, 0 where there is no such code; its symbol in the low byte.</summary>
    internal int Find(uint ahead16)
    {
        int entry = _short[ahead16 >> (Longest - ShortBits)];
        return entry != 0 ? entry : FindLong((int)ahead16);
    }

    private int FindLong(int ahead16)
    {
        for (int length = ShortBits + 1; length <= Longest; length++)
            if (ahead16 < _ends[length]) return length << 8 | _symbols[_offsets[length] + (ahead16 >> (Longest - length))];
        return 0;
    }
}
