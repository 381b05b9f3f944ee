using System.Numerics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.WayBack;

/// <summary>Writes rows of labels into a label map of either width.</summary>
internal static class LabelWriter
{
    /// <summary>Writes labels from an element on, a stride apart.</summary>
    public static void Write(LabelMap map, ReadOnlySpan<int> labels, long first, long stride)
    {
        int at = checked((int)first), step = (int)stride;
        if (step == 1)
        {
            if (map.IsWide) Narrow(labels, map.Words.Slice(at, labels.Length));
            else Narrow(labels, map.Bytes.Slice(at, labels.Length));
            return;
        }
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

    /// <summary>Labels of 0 to 65535 as words.</summary>
    internal static void Narrow(ReadOnlySpan<int> labels, Span<ushort> words)
    {
        int n = 0, step = Vector<int>.Count;
        for (; n <= labels.Length - Vector<ushort>.Count; n += Vector<ushort>.Count)
            Vector.Narrow(new Vector<int>(labels[n..]), new Vector<int>(labels[(n + step)..])).As<short, ushort>().CopyTo(words[n..]);
        for (; n < labels.Length; n++) words[n] = (ushort)labels[n];
    }

    /// <summary>Labels of 0 to 255 as bytes.</summary>
    internal static void Narrow(ReadOnlySpan<int> labels, Span<byte> bytes)
    {
        int n = 0, step = Vector<int>.Count;
        for (; n <= labels.Length - Vector<byte>.Count; n += Vector<byte>.Count)
        {
            Vector<short> low = Vector.Narrow(new Vector<int>(labels[n..]), new Vector<int>(labels[(n + step)..]));
            Vector<short> high = Vector.Narrow(new Vector<int>(labels[(n + 2 * step)..]), new Vector<int>(labels[(n + 3 * step)..]));
            Vector.Narrow(low, high).As<sbyte, byte>().CopyTo(bytes[n..]);
        }
        for (; n < labels.Length; n++) bytes[n] = (byte)labels[n];
    }
}
