using System.Text;

namespace MedISeg.Dicom.Text;

/// <summary>Characters that one half of the byte values stands for: 0x21-0x7e (G0) or 0xa0-0xff (G1). Source: PS3.5 section 6.1.2.</summary>
/// <param name="encoding">An encoding that has these characters at 0xa0-0xff.</param>
/// <param name="isLow">Whether the bytes lie in the lower half, in pairs, and the first gets its high bit for the encoding.</param>
/// <param name="raisesSecond">Whether the second byte of a pair gets its high bit too.</param>
internal sealed class GraphicSet(Encoding encoding, bool isLow = false, bool raisesSecond = false)
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
        byte[] raised = run[..(run.Length & ~1)].ToArray();
        for (int n = 0; n < raised.Length; n++)
            if (n % 2 == 0 || raisesSecond) raised[n] |= 0x80;
        text.Append(encoding.GetString(raised));
        if (run.Length % 2 == 1) text.Append('\ufffd');
    }
}
