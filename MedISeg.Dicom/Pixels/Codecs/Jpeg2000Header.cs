using System.Buffers.Binary;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Checks what a JPEG 2000 code stream says of itself before a decoder sees it. Source: ITU-T T.800 A.5.1 (SIZ).</summary>
internal static class Jpeg2000Header
{
    private const int MaxTiles = 65_535;
    private static ReadOnlySpan<byte> StartAndSize => [0xff, 0x4f, 0xff, 0x51];

    /// <summary>Refuses a stream whose size, components or precision are not the data set's.</summary>
    /// <param name="stream">A code stream, or a JP2 file around one.</param>
    /// <param name="pixels">The data set's.</param>
    internal static void Check(ReadOnlySpan<byte> stream, DicomPixelData pixels)
    {
        int start = stream.IndexOf(StartAndSize);
        if (start < 0) throw PixelFault.Unreadable("A compressed frame does not begin as JPEG 2000 does.");
        ReadOnlySpan<byte> size = stream[(start + 4)..];
        if (size.Length < 38) throw PixelFault.Truncated("A JPEG 2000 stream ends within its header.");
        uint right = Number(size, 4), bottom = Number(size, 8), left = Number(size, 12), top = Number(size, 16);
        uint tileWidth = Number(size, 20), tileHeight = Number(size, 24), tileLeft = Number(size, 28), tileTop = Number(size, 32);
        int components = BinaryPrimitives.ReadUInt16BigEndian(size[36..]);
        long width = (long)right - left, height = (long)bottom - top;
        if (width != pixels.Width || height != pixels.Height || components != pixels.SamplesPerPixel)
        {
            throw PixelFault.Unreadable(
                $"The compressed frame has {height} x {width} pixels of {components} components; the object says {pixels.Height} x {pixels.Width} of "
                + $"{pixels.SamplesPerPixel}.");
        }
        if (pixels.DecodedFrameBytes > DicomPixelData.MaxFrameBytes) throw pixels.TooLarge();
        if (size.Length < 38 + 3 * components) throw PixelFault.Truncated("A JPEG 2000 stream ends within its header.");
        for (int i = 0; i < components; i++)
        {
            int precision = (size[38 + 3 * i] & 0x7f) + 1;
            if (precision > pixels.BitsAllocated) throw PixelFault.Unreadable($"The compressed frame has {precision} bits; the object says at most {pixels.BitsAllocated}.");
            if (size[39 + 3 * i] != 1 || size[40 + 3 * i] != 1) throw PixelFault.Unreadable("A JPEG 2000 frame has subsampled components.");
        }
        if (tileWidth == 0 || tileHeight == 0 || tileLeft > left || tileTop > top) throw PixelFault.Unreadable("A JPEG 2000 frame has impossible tiles.");
        long across = ((long)right - tileLeft + tileWidth - 1) / tileWidth, down = ((long)bottom - tileTop + tileHeight - 1) / tileHeight;
        if (across > MaxTiles || down > MaxTiles || across * down > MaxTiles) throw PixelFault.Unreadable($"A JPEG 2000 frame has more than {MaxTiles} tiles.");
    }

    private static uint Number(ReadOnlySpan<byte> size, int at) => BinaryPrimitives.ReadUInt32BigEndian(size[at..]);
}
