using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Decodes text of sets that share the byte values by halves, with the escape sequences of ISO 2022. Source: PS3.5 section 6.1.2.5.</summary>
internal ref struct CodeExtensions
{
    private const byte Escape = 0x1b;
    private const byte FirstGraphic = 0x21;
    private const byte FirstUpper = 0x80;

    private readonly GraphicSet _firstUpper;
    private readonly bool _isName;
    private readonly bool _hasSeparator;
    private GraphicSet? _lower;
    private GraphicSet _upper;

    private CodeExtensions(IReadOnlyList<CharacterSet> sets, DicomVR vr)
    {
        // Where the first set has no upper half, files that forget the escape mean the next one that has.
        _firstUpper = sets.Select(set => set.Upper).FirstOrDefault(upper => upper is not null) ?? CharacterSet.Latin1.Upper!;
        _upper = _firstUpper;
        _isName = vr.Code == "PN";
        _hasSeparator = !vr.IsSingleText;
    }

    /// <summary>The text.</summary>
    /// <param name="bytes">Value of an element.</param>
    /// <param name="sets">At least one.</param>
    /// <param name="vr">Its delimiters set the first set back: backslash, and ^ and = in names.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, IReadOnlyList<CharacterSet> sets, DicomVR vr)
    {
        CodeExtensions state = new(sets, vr);
        StringBuilder text = new(bytes.Length);
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            if (rest[0] == Escape)
            {
                at += 1 + state.Designate(rest[1..]);
                continue;
            }
            int length = state.RunLength(rest);
            if (length > 0)
            {
                state.AppendRun(rest[..length], text);
                at += length;
                continue;
            }
            state._lower = null;
            state._upper = state._firstUpper;
            text.Append((char)rest[0]);
            at++;
        }
        return text.ToString();
    }

    /// <summary>Takes an escape sequence.</summary>
    /// <returns>Bytes after ESC; 0: none that we know.</returns>
    private int Designate(ReadOnlySpan<byte> after)
    {
        if (after.StartsWith("(B"u8) || after.StartsWith("(J"u8))
        {
            _lower = null;
            return 2;
        }
        if (after.StartsWith("$B"u8) || after.StartsWith("$@"u8))
        {
            _lower = CharacterSet.JapanesePairs;
            return 2;
        }
        if (after.StartsWith("$(D"u8))
        {
            _lower = CharacterSet.JapaneseSupplement;
            return 3;
        }
        int length = after.StartsWith("$"u8) ? 3 : 2;
        if (after.Length < length || CharacterSet.FindUpper(Encoding.Latin1.GetString(after[..length])) is not { } upper) return 0;
        _upper = upper;
        return length;
    }

    /// <summary>Bytes that are read alike; 0: a delimiter is first.</summary>
    private readonly int RunLength(ReadOnlySpan<byte> rest)
    {
        bool isUpper = rest[0] >= FirstUpper;
        int length = 0;
        while (length < rest.Length && rest[length] != Escape && rest[length] >= FirstUpper == isUpper && !IsDelimiter(rest[length])) length++;
        return length;
    }

    private readonly void AppendRun(ReadOnlySpan<byte> run, StringBuilder text)
    {
        if (run[0] >= FirstUpper) _upper.Append(run, text);
        else if (_lower is not null) _lower.Append(run, text);
        else text.Append(Encoding.Latin1.GetString(run));
    }

    /// <summary>Whether a byte ends all designations: a control character or a separator, unless it may be half of a pair.</summary>
    private readonly bool IsDelimiter(byte value)
    {
        if (value < FirstGraphic) return value != ' ' || _lower is not null;
        if (_lower is not null) return false;
        return value switch
        {
            (byte)'\\' => _hasSeparator,
            (byte)'^' or (byte)'=' => _isName,
            _ => false,
        };
    }
}
