using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Text of elements: character sets, separators and padding.</summary>
internal static class DicomText
{
    /// <summary>The values of a text element.</summary>
    /// <param name="element">Of a representation that is text.</param>
    /// <param name="characterSets">Values of SpecificCharacterSet; empty: ASCII.</param>
    public static string[] Split(DicomElement element, IReadOnlyList<string> characterSets)
    {
        DicomVR vr = element.ValueRepresentation;
        string text = Decode(element.Buffer.Span, vr.UsesCharacterSet ? characterSets : []);
        if (vr.IsSingleText)
        {
            text = text.TrimEnd(' ', '\0');
            return text.Length == 0 ? [] : [text];
        }
        text = text.Trim(' ', '\0');
        return text.Length == 0 ? [] : [.. text.Split('\\').Select(value => value.Trim(' ', '\0'))];
    }

    /// <summary>Bytes of a text.</summary>
    public static byte[] Encode(string text, IReadOnlyList<string> characterSets) =>
        (characterSets is ["ISO_IR 192", ..] ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text);

    private static string Decode(ReadOnlySpan<byte> bytes, IReadOnlyList<string> characterSets) =>
        (characterSets is ["ISO_IR 192", ..] ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
}
