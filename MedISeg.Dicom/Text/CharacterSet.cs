using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MedISeg.Dicom.Text;

/// <summary>A character set that SpecificCharacterSet names. Source: PS3.3 section C.12.1.1.2.</summary>
internal sealed partial class CharacterSet
{
    private const int KoreanRegistration = 149;
    private const int ChineseRegistration = 58;
    private const int KatakanaRegistration = 13;

    /// <summary>ISO registration number of the single-byte sets, and the code page that has them in its upper half.</summary>
    private static readonly (int Registration, int CodePage)[] SingleByte =
    [
        (100, 28591), (101, 28592), (109, 28593), (110, 28594), (144, 28595), (127, 28596), (126, 28597), (138, 28598), (148, 28599),
        (203, 28605), (166, 874),
    ];

    private static readonly FrozenDictionary<int, CharacterSet> Registered;

    static CharacterSet()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Latin1 = new CharacterSet(CodePage(28591), new GraphicSet(CodePage(28591)));
        Ascii = new CharacterSet(CodePage(20127), null);
        Utf8 = new CharacterSet(CodePage(65001), null) { IsWhole = true };
        Gb18030 = new CharacterSet(CodePage(54936), null) { IsWhole = true };
        Gbk = new CharacterSet(CodePage(936), null) { IsWhole = true };
        JapanesePairs = new GraphicSet(CodePage(51932), isLow: true, raisesSecond: true);
        // This code page tells the supplement from JIS X 0208 by the high bit of the second byte.
        JapaneseSupplement = new GraphicSet(CodePage(20932), isLow: true);
        Dictionary<int, CharacterSet> registered = new()
        {
            [6] = Ascii,
            [192] = Utf8,
            [KatakanaRegistration] = new CharacterSet(CodePage(932), new GraphicSet(CodePage(932))),
            // No encoder of their own: characters of these are written with escapes, which we do not write.
            [KoreanRegistration] = new CharacterSet(CodePage(20127), new GraphicSet(CodePage(51949))),
            [ChineseRegistration] = new CharacterSet(CodePage(20127), new GraphicSet(CodePage(936))),
            [87] = Ascii,
            [159] = Ascii,
        };
        foreach ((int registration, int codePage) in SingleByte)
            registered[registration] = new CharacterSet(CodePage(codePage), new GraphicSet(CodePage(codePage)));
        Registered = registered.ToFrozenDictionary();
    }

    private CharacterSet(Encoding encoding, GraphicSet? upper)
    {
        Encoding = encoding;
        Upper = upper;
    }

    /// <summary>ISO 8859-1: what is read where a name is not known.</summary>
    public static CharacterSet Latin1 { get; }

    /// <summary>The default of the standard.</summary>
    public static CharacterSet Ascii { get; }

    /// <summary>ISO_IR 192.</summary>
    public static CharacterSet Utf8 { get; }

    /// <summary>JIS X 0208 in the lower half, ISO-IR 87.</summary>
    public static GraphicSet JapanesePairs { get; }

    /// <summary>JIS X 0212 in the lower half, ISO-IR 159.</summary>
    public static GraphicSet JapaneseSupplement { get; }

    private static CharacterSet Gb18030 { get; }

    private static CharacterSet Gbk { get; }

    /// <summary>Encodes what can be written in this set without escapes; throws for other characters, and decodes bytes of none as U+FFFD.</summary>
    public Encoding Encoding { get; }

    /// <summary>What the upper half stands for; null: nothing, or the set is no set of halves.</summary>
    public GraphicSet? Upper { get; }

    /// <summary>Whether <see cref="Encoding"/> reads a text as a whole, without escapes.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>Whether characters of the upper half are one byte each, so that text can be written without escapes.</summary>
    public bool IsSingleByte => Upper is not null && Encoding.CodePage != 20127;

    /// <summary>The set of a value of SpecificCharacterSet, also in spellings that are met though wrong; null: not known.</summary>
    public static CharacterSet? Find(string name)
    {
        string trimmed = name.Trim().ToUpperInvariant();
        switch (trimmed)
        {
            case "": return Ascii;
            case "GB18030": return Gb18030;
            case "GBK": return Gbk;
            case "UTF-8" or "UTF8": return Utf8;
            default:
                Match match = Spelling().Match(trimmed);
                return match.Success ? Registered.GetValueOrDefault(int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)) : null;
        }
    }

    /// <summary>The upper half that an escape sequence names by its last characters; null: none that we know.</summary>
    /// <param name="final">What follows ESC: <c>-A</c>, <c>)I</c>, <c>$)C</c> and so on.</param>
    public static GraphicSet? FindUpper(string final) => final switch
    {
        "-A" => Registered[100].Upper,
        "-B" => Registered[101].Upper,
        "-C" => Registered[109].Upper,
        "-D" => Registered[110].Upper,
        "-L" => Registered[144].Upper,
        "-G" => Registered[127].Upper,
        "-F" => Registered[126].Upper,
        "-H" => Registered[138].Upper,
        "-M" => Registered[148].Upper,
        "-T" => Registered[166].Upper,
        "-b" => Registered[203].Upper,
        ")I" => Registered[KatakanaRegistration].Upper,
        "$)C" => Registered[KoreanRegistration].Upper,
        "$)A" => Registered[ChineseRegistration].Upper,
        _ => null,
    };

    private static Encoding CodePage(int number) =>
        Encoding.GetEncoding(number, EncoderFallback.ExceptionFallback, new DecoderReplacementFallback("\ufffd"));

    [GeneratedRegex("^ISO[ _-]?(?:2022[ _-]?)?(?:IR[ _-]?)?([0-9]{1,3})$")]
    private static partial Regex Spelling();
}
