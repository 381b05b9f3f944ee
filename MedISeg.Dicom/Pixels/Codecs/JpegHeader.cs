using System.Buffers.Binary;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels.Codecs;

/// <summary>What a JPEG or JPEG-LS stream says of itself, found without decoding. Source: ITU-T T.81 annex B, T.87 annex C.</summary>
/// <param name="Process">Marker of the frame header: 0xC0 baseline, 0xC1 extended, 0xC3 lossless, 0xF7 JPEG-LS.</param>
/// <param name="Precision">Bits of a sample.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Sampling">Horizontal and vertical sampling factor, in the high and the low four bits, a component.</param>
internal sealed record JpegHeader(byte Process, int Precision, int Height, int Width, byte[] Sampling)
{
    internal const byte Baseline = 0xc0, Extended = 0xc1, Lossless = 0xc3, JpegLs = 0xf7;

    private const byte StartOfImage = 0xd8, EndOfImage = 0xd9, StartOfScan = 0xda, HuffmanTable = 0xc4, Temporary = 0x01;

    /// <summary>Tables are rebuilt at each definition: a stream that only defines tables would keep a decoder busy.</summary>
    private const int MaxSegments = 10_000;

    /// <summary>Reads the frame header and walks to the end, so that a decoder meets no surprise.</summary>
    internal static JpegHeader Read(ReadOnlySpan<byte> stream)
    {
        if (!stream.StartsWith<byte>([0xff, StartOfImage])) throw PixelFault.Unreadable("A compressed frame does not begin as JPEG does.");
        JpegHeader? header = null;
        int at = 2, scans = 0;
        for (int segments = 0; segments < MaxSegments; segments++)
        {
            int marker = NextMarker(stream, ref at);
            if (marker is EndOfImage or (-1))
            {
                if (header is null) throw PixelFault.Truncated("A JPEG stream ends before its frame header.");
                // JPEG streams that end without a marker are left to the decoder, which counts the samples. CharLS 2.4 may loop forever on them.
                if (marker == -1 && header.Process == JpegLs) throw PixelFault.Truncated("A JPEG-LS stream ends without its end marker.");
                return header;
            }
            if (marker is StartOfImage or Temporary) continue;
            if (at + 2 > stream.Length) throw PixelFault.Truncated("A JPEG stream ends within a segment.");
            int length = BinaryPrimitives.ReadUInt16BigEndian(stream[at..]);
            if (length < 2 || at + length > stream.Length) throw PixelFault.Truncated("A JPEG stream ends within a segment.");
            ReadOnlySpan<byte> body = stream[(at + 2)..(at + length)];
            at += length;
            if (marker is JpegLs or (>= 0xc0 and <= 0xcf and not HuffmanTable and not 0xc8 and not 0xcc))
            {
                if (header is not null) throw PixelFault.Unreadable("A JPEG stream has two frame headers.");
                header = Frame((byte)marker, body);
            }
            else if (marker == StartOfScan)
            {
                if (header is null) throw PixelFault.Unreadable("A JPEG stream has a scan before its frame header.");
                if (++scans > header.Sampling.Length) throw PixelFault.Unreadable("A JPEG stream has more scans than components.");
            }
        }
        throw PixelFault.Unreadable($"A JPEG stream has more than {MaxSegments} segments.");
    }

    /// <summary>Refuses a stream that is not the frame that the data set promises, or that is too short for it.</summary>
    internal void Check(DicomPixelData pixels, int length)
    {
        if (Width != pixels.Width || Height != pixels.Height || Sampling.Length != pixels.SamplesPerPixel || Precision > pixels.BitsAllocated)
        {
            throw PixelFault.Unreadable(
                $"The compressed frame has {Height} x {Width} pixels of {Sampling.Length} x {Precision} bit; the object says "
                + $"{pixels.Height} x {pixels.Width} of {pixels.SamplesPerPixel} x {pixels.BitsAllocated} bit.");
        }
        if (pixels.DecodedFrameBytes > DicomPixelData.MaxFrameBytes) throw pixels.TooLarge();
        if (LeastBits() > 8L * length) throw PixelFault.Truncated($"{length} bytes cannot hold a JPEG frame of {Height} x {Width} pixels.");
    }

    /// <summary>Fewest bits that the entropy coded data can have: a Huffman code has at least one; a block has two codes.</summary>
    private long LeastBits()
    {
        if (Process == Lossless) return (long)Width * Height * Sampling.Length;
        if (Process is not (Baseline or Extended)) return 0;
        int across = Sampling.Max(factors => factors >> 4), down = Sampling.Max(factors => factors & 15);
        return Sampling.Sum(factors => 2 * Blocks(Width, factors >> 4, across) * Blocks(Height, factors & 15, down));
    }

    private static long Blocks(int extent, int factor, int most) => (((long)extent * factor + most - 1) / most + 7) / 8;

    private static JpegHeader Frame(byte process, ReadOnlySpan<byte> body)
    {
        if (body.Length < 6 || body.Length < 6 + 3 * body[5]) throw PixelFault.Truncated("A JPEG frame header ends early.");
        int components = body[5];
        if (components is not (1 or 3 or 4)) throw PixelFault.Unreadable($"A JPEG stream has {components} components.");
        byte[] sampling = new byte[components];
        for (int i = 0; i < components; i++)
        {
            sampling[i] = body[7 + 3 * i];
            if (sampling[i] >> 4 is < 1 or > 4 || (sampling[i] & 15) is < 1 or > 4) throw PixelFault.Unreadable("A JPEG stream has a sampling factor outside 1 to 4.");
        }
        return new JpegHeader(process, body[0], BinaryPrimitives.ReadUInt16BigEndian(body[1..]), BinaryPrimitives.ReadUInt16BigEndian(body[3..]), sampling);
    }

    /// <summary>The next marker, with <paramref name="at"/> behind it; entropy coded data, fill bytes and restarts are passed over. -1: the end.</summary>
    internal static int NextMarker(ReadOnlySpan<byte> stream, ref int at)
    {
        while (at < stream.Length)
        {
            int found = stream[at..].IndexOf((byte)0xff);
            if (found < 0 || at + found + 1 >= stream.Length) break;
            at += found + 1;
            byte code = stream[at];
            if (code == 0xff) continue;
            at++;
            // 0 to 0x7f: stuffed data of JPEG (0) or JPEG-LS; 0xd0 to 0xd7: restarts.
            if (code > 0x7f && code is not (>= 0xd0 and <= 0xd7)) return code;
        }
        at = stream.Length;
        return -1;
    }

    /// <summary>What to throw for a process that nothing here decodes.</summary>
    internal SegmentationException NotDecoded() =>
        new(ErrorCode.UnsupportedTransferSyntax, $"The frame is JPEG of process 0x{Process:X2}, which is not decoded; export it as sequential or lossless JPEG.");
}
