using System.Numerics;
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
            int start = frame.Slice * plane + frame.First;
            // Most segments are a small part of a slice: only that part is compared.
            count += packer.Skip(frame.First, packed.AsSpan(count));
            count += labels.IsWide
                ? Pack<ushort>(packer, labels.Words.Slice(start, frame.Count), segments[frame.Segment].Labels, packed.AsSpan(count))
                : Pack<byte>(packer, labels.Bytes.Slice(start, frame.Count), segments[frame.Segment].Labels, packed.AsSpan(count));
            count += packer.Skip(plane - frame.First - frame.Count, packed.AsSpan(count));
        }
        output.Write(packed, 0, count);
        output.Write(packed, 0, packer.Finish(packed));
    }

    private static int Pack<T>(BitPacker packer, ReadOnlySpan<T> pixels, IReadOnlyList<int> labels, Span<byte> packed) where T : unmanaged, IBinaryInteger<T>
    {
        // A label that the map's type cannot hold is no pixel's.
        T[] wanted = [.. labels.Where(label => label <= int.CreateTruncating(T.AllBitsSet)).Select(T.CreateTruncating)];
        if (wanted.Length == 1) return packer.Pack(pixels, wanted[0], packed);
        byte[] isIn = new byte[pixels.Length];
        for (int n = 0; n < isIn.Length; n++) isIn[n] = wanted.AsSpan().Contains(pixels[n]) ? (byte)1 : (byte)0;
        return packer.Pack<byte>(isIn, 1, packed);
    }
}
