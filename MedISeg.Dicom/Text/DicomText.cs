using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Text of elements: character sets, separators and padding.</summary>
internal static class DicomText
{
    private static readonly char[] Padding = [' ', '\0'];

    /// <summary>The values of a text element, without the blanks around them that do not count.</summary>
    /// <param name="element">Of a representation that is text; UN is read as one text.</param>
    /// <param name="characterSets">Values of SpecificCharacterSet; empty: ASCII. Names that are not known are read as Latin-1.</param>
    public static string[] Split(DicomElement element, IReadOnlyList<string> characterSets)
    {
        DicomVR vr = element.ValueRepresentation;
        string text = Decode(element.Buffer.Span, vr, characterSets).TrimEnd(Padding);
        if (text.Length == 0) return [];
        if (vr.IsSingleText || !vr.IsString) return [text];
        string[] values = text.Split('\\');
        // Blanks before an unlimited text are part of it.
        for (int n = 0; n < values.Length; n++) values[n] = vr.Code == "UC" ? values[n].TrimEnd(Padding) : values[n].Trim(Padding);
        return values is [""] ? [] : values;
    }

    /// <summary>Bytes of a text in the first of the character sets, unpadded; escape sequences are not written.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vr">Its representation; ASCII where no character set governs it.</param>
    /// <param name="characterSets">Values of SpecificCharacterSet; empty: ASCII.</param>
    /// <exception cref="ArgumentException">A character is not in the set, or the set is not known.</exception>
    public static byte[] Encode(string text, DicomVR vr, IReadOnlyList<string> characterSets)
    {
        if (Ascii.IsValid(text)) return Encoding.ASCII.GetBytes(text);
        CharacterSet? set = vr.UsesCharacterSet && characterSets.Count > 0 ? CharacterSet.Find(characterSets[0]) : null;
        if (set is null) throw new ArgumentException($"Text of {vr} has characters beyond ASCII and no character set for them.", nameof(text));
        try
        {
            byte[] bytes = set.Encoding.GetBytes(text);
            // The code pages have more than the sets of the standard: pairs, and characters where it has controls.
            if (!set.IsSingleByte || bytes.Length == text.Length && bytes.AsSpan().IndexOfAnyInRange((byte)0x80, (byte)0x9f) < 0) return bytes;
        }
        catch (EncoderFallbackException)
        {
            // Its message would hold the text.
        }
        throw new ArgumentException($"Text of {vr} has characters that the data set's character set has not.", nameof(text));
    }

    private static string Decode(ReadOnlySpan<byte> bytes, DicomVR vr, IReadOnlyList<string> characterSets)
    {
        if (Ascii.IsValid(bytes) && bytes.IndexOf((byte)0x1b) < 0) return Encoding.ASCII.GetString(bytes);
        if (vr is { UsesCharacterSet: false, Code: not "UN" }) return Encoding.Latin1.GetString(bytes);
        CharacterSet[] sets = [.. characterSets.Select(name => CharacterSet.Find(name) ?? CharacterSet.Latin1).DefaultIfEmpty(CharacterSet.Ascii)];
        return sets[0].IsWhole ? sets[0].Encoding.GetString(bytes) : CodeExtensions.Decode(bytes, sets, vr);
    }
}
