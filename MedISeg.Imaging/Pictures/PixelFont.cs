namespace MedISeg.Imaging.Pictures;

/// <summary>Capital letters, digits and a few signs on 5x7 pixels: a picture needs no font of the system, which a container may
/// lack.</summary>
internal static class PixelFont
{
    /// <summary>Rows of a glyph.</summary>
    public const int Height = 7;

    /// <summary>Columns of a glyph.</summary>
    public const int Width = 5;

    /// <summary>Columns from one glyph to the next.</summary>
    public const int Advance = 6;

    /// <summary>Seven rows of five bits each, the highest bit leftmost, two hexadecimal digits a row.</summary>
    private static readonly Dictionary<char, ulong> Glyphs = new()
    {
        ['A'] = 0x0E11111F111111, ['B'] = 0x1E11111E11111E, ['C'] = 0x0E11101010110E, ['D'] = 0x1E11111111111E, ['E'] = 0x1F10101E10101F,
        ['F'] = 0x1F10101E101010, ['G'] = 0x0E11101711110F, ['H'] = 0x1111111F111111, ['I'] = 0x0E04040404040E, ['J'] = 0x0702020202120C,
        ['K'] = 0x11121418141211, ['L'] = 0x1010101010101F, ['M'] = 0x111B1515111111, ['N'] = 0x11111915131111, ['O'] = 0x0E11111111110E,
        ['P'] = 0x1E11111E101010, ['Q'] = 0x0E11111115120D, ['R'] = 0x1E11111E141211, ['S'] = 0x0F10100E01011E, ['T'] = 0x1F040404040404,
        ['U'] = 0x1111111111110E, ['V'] = 0x11111111110A04, ['W'] = 0x11111115151B11, ['X'] = 0x11110A040A1111, ['Y'] = 0x11110A04040404,
        ['Z'] = 0x1F01020408101F, ['0'] = 0x0E11131519110E, ['1'] = 0x040C040404040E, ['2'] = 0x0E11010204081F, ['3'] = 0x1F02040201110E,
        ['4'] = 0x02060A121F0202, ['5'] = 0x1F101E0101110E, ['6'] = 0x0608101E11110E, ['7'] = 0x1F010204080808, ['8'] = 0x0E11110E11110E,
        ['9'] = 0x0E11110F01020C, ['.'] = 0x00000000000C0C, [','] = 0x000000000C0408, ['-'] = 0x0000001F000000, ['/'] = 0x01010204081010,
        ['('] = 0x02040808080402, [')'] = 0x08040202020408, [':'] = 0x000C0C000C0C00, ['%'] = 0x18190204081303, ['+'] = 0x0004041F040400,
        ['_'] = 0x0000000000001F, ['\''] = 0x04040800000000, ['='] = 0x00001F001F0000, [' '] = 0,
    };

    /// <summary>Pixels of a text along the width at a scale of 1.</summary>
    public static int Measure(string text) => text.Length == 0 ? 0 : text.Length * Advance - (Advance - Width);

    /// <summary>Whether the pixel (row, column) of a character is set. Small letters look like capitals, unknown characters like
    /// '-'.</summary>
    public static bool IsSet(char character, int row, int column)
    {
        ulong glyph = Glyphs.GetValueOrDefault(char.ToUpperInvariant(character), Glyphs['-']);
        return (glyph >> 8 * (Height - 1 - row) + (Width - 1 - column) & 1) != 0;
    }
}
