using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Characters that one half of the byte values stands for: 0x21-0x7e (G0) or 0xa0-0xff (G1). Source: PS3.5 section 6.1.2.</summary>
/// <param name="encoding">An encoding that has these characters at 0xa0-0xff.</param>
/// <param name="isLow">Whether the bytes lie in the lower half and get their high bit for the encoding.</param>
/// <param name="pairPrefix">For pairs of bytes in the lower half: a byte that the encoding wants before each; 0: none.</param>
internal sealed class GraphicSet(Encoding encoding, bool isLow = false, byte pairPrefix = 0)
{
    /// <summary>Whether it stands in the lower half, and not in the upper one.</summary>
    public bool IsLow { get; } = isLow;

    /// <summary>Appends the characters of a run of bytes that are all in this set's half.</summary>
    public void Append(ReadOnlySpan<byte> run, StringBuilder text)
    {
        if (!IsLow)
        {
            text.Append(encoding.GetString(run));
            return;
        }
        int size = pairPrefix == 0 ? 2 : 3;
        byte[] raised = new byte[run.Length / 2 * size];
        for (int pair = 0; pair < run.Length / 2; pair++)
        {
            Span<byte> at = raised.AsSpan(pair * size, size);
            at[0] = pairPrefix;
            at[^2] = (byte)(run[pair * 2] | 0x80);
            at[^1] = (byte)(run[pair * 2 + 1] | 0x80);
        }
        text.Append(encoding.GetString(raised));
        if (run.Length % 2 == 1) text.Append('\ufffd');
    }
}
