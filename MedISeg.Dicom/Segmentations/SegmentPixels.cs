using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>The pixel data of a BINARY object, written frame by frame: at no time is more than one packed frame in memory.</summary>
internal static class SegmentPixels
{
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
        byte[] packed = new byte[BitPacker.MaxBytes(plane) + 2 * BitPacker.MaxBytes(0)];
        BitPacker packer = new();
        foreach (SegmentFrame frame in frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int label = segments[frame.Segment].Label, start = frame.Slice * plane + frame.First;
            // Most segments are a small part of a slice: only that part is compared.
            int count = packer.Skip(frame.First, packed);
            count += labels.IsWide
                ? packer.Pack<ushort>(labels.Words.Slice(start, frame.Count), (ushort)label, packed.AsSpan(count))
                : packer.Pack<byte>(labels.Bytes.Slice(start, frame.Count), (byte)label, packed.AsSpan(count));
            count += packer.Skip(plane - frame.First - frame.Count, packed.AsSpan(count));
            output.Write(packed, 0, count);
        }
        output.Write(packed, 0, packer.Finish(packed));
    }
}
