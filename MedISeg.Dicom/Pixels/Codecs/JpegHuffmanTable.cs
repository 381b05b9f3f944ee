namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>A Huffman table by which 16 bits that lie ahead give the code's length and its symbol at once. Source: ITU-T T.81 annex C.</summary>
internal sealed class JpegHuffmanTable
{
    private readonly ushort[] _entries = new ushort[1 << 16];

    /// <summary>Builds the table.</summary>
    /// <param name="counts">Number of codes of 1 to 16 bits.</param>
    /// <param name="symbols">Symbols in the order of their codes, as many as there are codes.</param>
    internal JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        int code = 0, next = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            for (int i = 0; i < counts[length - 1]; i++, code++, next++)
            {
                int start = code << (16 - length), end = (code + 1) << (16 - length);
                if (end > _entries.Length) throw PixelFault.Unreadable("A JPEG stream has a Huffman table with too many codes.");
                _entries.AsSpan(start, end - start).Fill((ushort)(length << 8 | symbols[next]));
            }
        }
    }

    /// <summary>Length of the code in the high byte, 0 where there is no such code; its symbol in the low byte.</summary>
    internal int Find(uint ahead16) => _entries[ahead16];
}
