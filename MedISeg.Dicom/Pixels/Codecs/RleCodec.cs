using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Decodes run length encoded frames. Source: PS3.5 annex G.</summary>
internal static class RleCodec
{
    private const int HeaderBytes = 64;
    private const int MaxSegments = 15;

    /// <summary>Most bytes that two encoded bytes stand for.</summary>
    private const int MaxRun = 128;

    /// <summary>Decodes a frame: one segment a byte of a sample, the highest byte first.</summary>
    /// <param name="encoded">Header of 64 bytes and the segments.</param>
    /// <param name="samples">Samples of a pixel.</param>
    /// <param name="bytes">Bytes of a sample.</param>
    /// <param name="length">Bytes of the decoded frame, a multiple of samples x bytes.</param>
    /// <returns>Little endian samples, those of a pixel side by side.</returns>
    internal static byte[] Decode(ReadOnlySpan<byte> encoded, int samples, int bytes, long length)
    {
        int segments = samples * bytes;
        if (encoded.Length < HeaderBytes) throw PixelFault.Truncated($"A run length encoded frame has {encoded.Length} bytes; its header alone takes 64.");
        int found = BinaryPrimitives.ReadInt32LittleEndian(encoded);
        if (found != segments || segments > MaxSegments) throw PixelFault.Unreadable($"A run length encoded frame has {found} segments where {segments} belong.");
        if (length > (long)encoded.Length * MaxRun / 2)
            throw PixelFault.Truncated($"{encoded.Length} bytes of run length encoding cannot hold a frame of {length} bytes.");

        byte[] frame = new byte[length];
        for (int segment = 0; segment < segments; segment++)
        {
            long start = Offset(encoded, segment), end = segment + 1 < segments ? Offset(encoded, segment + 1) : encoded.Length;
            if (start < HeaderBytes || end < start || end > encoded.Length)
                throw PixelFault.Unreadable($"Segment {segment + 1} of a run length encoded frame lies outside of it.");
            int sample = segment / bytes, place = bytes - 1 - segment % bytes;
            DecodeSegment(encoded[(int)start..(int)end], frame, sample * bytes + place, segments);
        }
        return frame;
    }

    private static long Offset(ReadOnlySpan<byte> encoded, int segment) => BinaryPrimitives.ReadUInt32LittleEndian(encoded[(4 + 4 * segment)..]);

    private static void DecodeSegment(ReadOnlySpan<byte> segment, byte[] frame, int first, int step)
    {
        int from = 0;
        long to = first;
        while (to < frame.Length)
        {
            if (from + 1 >= segment.Length) throw EndsEarly();
            int control = (sbyte)segment[from++];
            if (control >= 0)
            {
                if (from + control >= segment.Length && from + (frame.Length - to + step - 1) / step > segment.Length) throw EndsEarly();
                for (int i = 0; i <= control && to < frame.Length; i++, to += step) frame[to] = segment[from++];
            }
            else if (control != sbyte.MinValue)
            {
                byte value = segment[from++];
                for (int i = 0; i <= -control && to < frame.Length; i++, to += step) frame[to] = value;
            }
        }
    }

    private static Imaging.Errors.SegmentationException EndsEarly() => PixelFault.Truncated("A run length encoded frame ends early.");
}
