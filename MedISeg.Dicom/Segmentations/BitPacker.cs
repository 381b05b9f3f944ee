using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace MedISeg.Dicom.Segmentations;

/// <summary>Packs frames of one bit a pixel: the first pixel is the lowest bit, and frames run on without padding between them.
/// Source: PS3.5 8.1.1 and C.8.20.2; checked in <c>BitPackerTests</c>.</summary>
internal sealed class BitPacker
{
    private ulong _pending;
    private int _count;

    /// <summary>Most bytes that a call of <see cref="Pack{T}"/> writes.</summary>
    /// <param name="pixels">Pixels that it gets.</param>
    public static int MaxBytes(int pixels) => pixels / 8 + 9;

    /// <summary>Appends one bit a pixel: whether it has a label. Bits that do not fill four bytes stay behind.</summary>
    /// <typeparam name="T">byte or ushort.</typeparam>
    /// <param name="pixels">Labels.</param>
    /// <param name="label">The label that counts.</param>
    /// <param name="packed">At least <see cref="MaxBytes"/> of the number of pixels.</param>
    /// <returns>Bytes written.</returns>
    public int Pack<T>(ReadOnlySpan<T> pixels, T label, Span<byte> packed) where T : unmanaged, IBinaryInteger<T>
    {
        ulong pending = _pending;
        int count = _count, written = 0, n = 0, lanes = Vector256<T>.Count;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<T> wanted = Vector256.Create(label);
            for (; n + lanes <= pixels.Length; n += lanes)
            {
                uint bits = Vector256.Equals(Vector256.Create(pixels.Slice(n, lanes)), wanted).ExtractMostSignificantBits();
                pending |= (ulong)bits << count;
                count += lanes;
                if (count < 32) continue;
                BinaryPrimitives.WriteUInt32LittleEndian(packed[written..], (uint)pending);
                pending >>= 32;
                count -= 32;
                written += 4;
            }
        }
        for (; n < pixels.Length; n++)
        {
            if (pixels[n] == label) pending |= 1UL << count;
            if (++count < 32) continue;
            BinaryPrimitives.WriteUInt32LittleEndian(packed[written..], (uint)pending);
            pending >>= 32;
            count -= 32;
            written += 4;
        }
        (_pending, _count) = (pending, count);
        return written;
    }

    /// <summary>Appends pixels that do not count.</summary>
    /// <param name="pixels">How many.</param>
    /// <param name="packed">At least <see cref="MaxBytes"/> of them.</param>
    /// <returns>Bytes written.</returns>
    public int Skip(int pixels, Span<byte> packed)
    {
        const int Word = sizeof(uint), WordBits = 8 * Word;
        long bits = (long)_count + pixels;
        int written = (int)(bits / WordBits) * Word;
        _count = (int)(bits % WordBits);
        if (written == 0) return 0;
        BinaryPrimitives.WriteUInt32LittleEndian(packed, (uint)_pending);
        packed[Word..written].Clear();
        _pending = 0;
        return written;
    }

    /// <summary>Writes the bits that stayed behind, up to the next whole byte.</summary>
    /// <param name="packed">At least four bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Finish(Span<byte> packed)
    {
        int written = 0;
        for (; _count > 0; _count -= 8, _pending >>= 8) packed[written++] = (byte)_pending;
        (_pending, _count) = (0, 0);
        return written;
    }
}
