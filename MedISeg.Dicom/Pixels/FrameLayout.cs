namespace MedISeg.Dicom.Pixels;

/// <summary>Kernels that bring native frames into one layout: row-major, samples of a pixel side by side, at least a byte each.</summary>
internal static class FrameLayout
{
    /// <summary>Moves bits so that the first lies in bit 0 of the first byte; bits after the last are 0.</summary>
    /// <param name="packed">Bits in little endian order: the first is bit 0 of byte 0.</param>
    /// <param name="shift">Bits to leave out in front, 0 to 7.</param>
    /// <param name="count">Bits to keep.</param>
    internal static byte[] ShiftBits(ReadOnlySpan<byte> packed, int shift, long count)
    {
        byte[] shifted = new byte[(count + 7) / 8];
        for (int i = 0; i < shifted.Length; i++)
        {
            int next = i + 1 < packed.Length ? packed[i + 1] : 0;
            shifted[i] = (byte)((packed[i] | next << 8) >> shift);
        }
        if (count % 8 != 0) shifted[^1] &= (byte)((1 << (int)(count % 8)) - 1);
        return shifted;
    }

    /// <summary>One byte, 0 or 1, a bit.</summary>
    /// <param name="packed">Bits in little endian order.</param>
    /// <param name="values">As many as there are bits to take.</param>
    internal static void UnpackBits(ReadOnlySpan<byte> packed, Span<byte> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = (byte)(packed[i >> 3] >> (i & 7) & 1);
    }

    /// <summary>Turns plane after plane into pixel after pixel.</summary>
    /// <param name="planes">Shape [samples, pixels, bytes].</param>
    /// <param name="samples">Samples of a pixel.</param>
    /// <param name="bytes">Bytes of a sample.</param>
    /// <param name="interleaved">Shape [pixels, samples, bytes].</param>
    internal static void Interleave(ReadOnlySpan<byte> planes, int samples, int bytes, Span<byte> interleaved)
    {
        int pixels = planes.Length / (samples * bytes), from = 0;
        for (int sample = 0; sample < samples; sample++)
        {
            for (int pixel = 0; pixel < pixels; pixel++, from += bytes)
            {
                int to = (pixel * samples + sample) * bytes;
                for (int i = 0; i < bytes; i++) interleaved[to + i] = planes[from + i];
            }
        }
    }

    /// <summary>Gives each pixel the chrominances that two share.</summary>
    /// <param name="pairs">Per two pixels: Y1, Y2, Cb, Cr.</param>
    /// <param name="pixels">Per pixel: Y, Cb, Cr; a quarter of <paramref name="pairs"/> times six.</param>
    internal static void UpsampleChroma(ReadOnlySpan<byte> pairs, Span<byte> pixels)
    {
        for (int from = 0, to = 0; to < pixels.Length; from += 4, to += 6)
        {
            pixels[to] = pairs[from];
            pixels[to + 3] = pairs[from + 1];
            pixels[to + 1] = pixels[to + 4] = pairs[from + 2];
            pixels[to + 2] = pixels[to + 5] = pairs[from + 3];
        }
    }
}
