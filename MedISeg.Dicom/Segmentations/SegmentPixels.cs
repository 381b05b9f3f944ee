using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>The pixel data of a BINARY object, written some frames at a time.</summary>
internal static class SegmentPixels
{
    /// <summary>Written at once, so that a file need not gather them in its own buffer; larger frames go one by one.</summary>
    private const int BytesAtOnce = 256 * 1024;

    /// <summary>Bytes of the whole value, not yet padded to an even number.</summary>
    public static long Length(LabelMap labels, int frames)
    {
        long bits = (long)labels.Geometry.Grid.Height * labels.Geometry.Grid.Width * frames;
        return (bits + 7) / 8;
    }

    /// <summary>Writes the whole value.</summary>
    public static void Write(
        Stream output, LabelMap labels, IReadOnlyList<SegmentDescription> segments, IReadOnlyList<SegmentFrame> frames,
        CancellationToken cancellationToken)
    {
        int plane = labels.Geometry.Grid.Height * labels.Geometry.Grid.Width;
        int most = BitPacker.MaxBytes(plane) + 2 * BitPacker.MaxBytes(0), count = 0;
        byte[] packed = new byte[Math.Max(most, BytesAtOnce)];
        BitPacker packer = new();
        foreach (SegmentFrame frame in frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (packed.Length - count < most)
            {
                output.Write(packed, 0, count);
                count = 0;
            }
            int label = segments[frame.Segment].Label, start = frame.Slice * plane + frame.First;
            // Most segments are a small part of a slice: only that part is compared.
            count += packer.Skip(frame.First, packed.AsSpan(count));
            count += labels.IsWide
                ? packer.Pack<ushort>(labels.Words.Slice(start, frame.Count), (ushort)label, packed.AsSpan(count))
                : packer.Pack<byte>(labels.Bytes.Slice(start, frame.Count), (byte)label, packed.AsSpan(count));
            count += packer.Skip(plane - frame.First - frame.Count, packed.AsSpan(count));
        }
        output.Write(packed, 0, count);
        output.Write(packed, 0, packer.Finish(packed));
    }
}
