using System.IO.Compression;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>Deflates and inflates a frame. Source: PS3.5 A.4.13 and RFC 1951: a bare deflate stream.</summary>
internal static class DeflatedFrame
{
    /// <summary>Deflate cannot do better than 258 bytes for two bits.</summary>
    private const long MaxRatio = 1032;

    /// <summary>Inflates the frame; what comes after it is not looked at.</summary>
    /// <param name="deflated">A deflate stream.</param>
    /// <param name="length">Bytes of the frame.</param>
    internal static byte[] Decode(ReadOnlyMemory<byte> deflated, long length)
    {
        if (length > deflated.Length * MaxRatio)
            throw PixelFault.Truncated($"{deflated.Length} deflated bytes cannot hold a frame of {length} bytes.");
        byte[] frame = new byte[length];
        try
        {
            using DeflateStream inflate = new(new MemoryStream(deflated.ToArray(), writable: false), CompressionMode.Decompress);
            inflate.ReadExactly(frame);
        }
        catch (EndOfStreamException exception)
        {
            throw PixelFault.Truncated($"A deflated frame ends before its {length} bytes.", exception);
        }
        catch (InvalidDataException exception)
        {
            throw PixelFault.Unreadable("A deflated frame is damaged.", exception);
        }
        return frame;
    }

    /// <summary>Deflates the frame.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> frame)
    {
        using MemoryStream deflated = new();
        using (DeflateStream deflate = new(deflated, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(frame);
        return deflated.ToArray();
    }
}
