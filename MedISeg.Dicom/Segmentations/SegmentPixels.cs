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
        byte[] packed = new byte[BitPacker.MaxBytes(plane)];
        BitPacker packer = new();
        foreach (SegmentFrame frame in frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int label = segments[frame.Segment].Label, start = frame.Slice * plane, count;
            if (labels.IsWide) count = packer.Pack<ushort>(labels.Words.Slice(start, plane), (ushort)label, packed);
            // A label that bytes cannot hold has no voxel, but its low byte might be another's.
            else if (label > byte.MaxValue) count = packer.Pack<byte>(new byte[plane], 1, packed);
            else count = packer.Pack<byte>(labels.Bytes.Slice(start, plane), (byte)label, packed);
            output.Write(packed, 0, count);
        }
        output.Write(packed, 0, packer.Finish(packed));
    }
}
