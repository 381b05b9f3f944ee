using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.WayBack;

/// <summary>Writes rows of labels into a label map of either width.</summary>
internal static class LabelWriter
{
    /// <summary>Writes labels from an element on, a stride apart.</summary>
    public static void Write(LabelMap map, ReadOnlySpan<int> labels, long first, long stride)
    {
        int at = checked((int)first), step = (int)stride;
        if (map.IsWide)
        {
            Span<ushort> words = map.Words;
            foreach (int label in labels)
            {
                words[at] = (ushort)label;
                at += step;
            }
            return;
        }
        Span<byte> bytes = map.Bytes;
        foreach (int label in labels)
        {
            bytes[at] = (byte)label;
            at += step;
        }
    }
}
