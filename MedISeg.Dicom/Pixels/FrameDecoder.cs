using MedISeg.Decoder;
using MedISeg.Dicom.Pixels.Codecs;
using MedISeg.Dicom.Pixels.Processes;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels;

/// <summary>Decodes frames of every transfer syntax that this host can; JPEG 2000, HTJ2K and JPEG-LS in child processes, which it owns. Thread-safe.</summary>
public sealed class FrameDecoder : IDisposable
{
    private readonly DecoderPool _pool;

    /// <summary>A decoder with the default limits; children are started when they are first needed.</summary>
    public FrameDecoder() : this(new DecoderOptions())
    {
    }

    /// <summary>A decoder; children are started when they are first needed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is outside of its range.</exception>
    public FrameDecoder(DecoderOptions options) : this(new DecoderPool(options))
    {
    }

    internal FrameDecoder(DecoderPool pool) => _pool = pool;

    /// <summary>The transfer syntaxes that can be decoded on this host, by UID. The first call may start a child process.</summary>
    public IReadOnlyList<DicomTransferSyntax> DecodableSyntaxes =>
        [.. DicomTransferSyntax.All.Where(CanDecode).OrderBy(syntax => syntax.Uid, StringComparer.Ordinal)];

    /// <summary>Number of child processes at this moment, those that wait for work among them.</summary>
    public int Processes => _pool.Processes;

    /// <summary>Whether frames of the syntax can be decoded on this host. The first call for a syntax of a native library may start a child process.</summary>
    public bool CanDecode(DicomTransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        return FrameCodecs.Of(syntax) switch
        {
            FrameCodec.None => false,
            FrameCodec.Jpeg2000 => _pool.Libraries.Jpeg2000,
            FrameCodec.JpegLs => _pool.Libraries.JpegLs,
            _ => true,
        };
    }

    /// <summary>The Debian package with the native library that decodes a syntax; null where none is needed.</summary>
    public static string? PackageOf(DicomTransferSyntax syntax) => FrameCodecs.PackageOf(syntax);

    /// <summary>Decodes a frame.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="cancellationToken">Ends a decode.</param>
    /// <returns>Samples as stored, not sign-extended, overlay bits in place, no colour conversion: row-major, samples of a pixel side by side,
    /// little endian, BitsAllocated / 8 bytes each (one byte a pixel where BitsAllocated is 1). JPEG 2000 samples that their stream calls
    /// unsigned and the object signed are extended from the stream's precision.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnsupportedTransferSyntax"/>, <see cref="ErrorCode.UnreadableImage"/>,
    /// <see cref="ErrorCode.TruncatedImage"/>, <see cref="ErrorCode.TooLarge"/>; <see cref="ErrorCode.Internal"/>: the decoder process does not start.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public byte[] Decode(DicomPixelData pixels, int frame, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> stored = pixels.GetFrame(frame);
        FrameCodec codec = FrameCodecs.Of(pixels.Syntax);
        if (codec != FrameCodec.None && codec == FrameCodec.Native == pixels.IsEncapsulated)
            throw PixelFault.Unreadable($"Pixels {(pixels.IsEncapsulated ? "in" : "not in")} fragments contradict the transfer syntax {pixels.Syntax}.");
        int bytes = pixels.BytesPerSample;
        switch (codec)
        {
            case FrameCodec.Native:
                return Arrange(pixels, stored.Span);
            case FrameCodec.Rle:
                RequireSize(pixels);
                // One bit a sample: the packed bytes are what is run length encoded.
                return pixels.BitsAllocated == 1
                    ? Arrange(pixels, RleCodec.Decode(stored.Span, 1, 1, (pixels.NativeFrameBits + 7) / 8))
                    : RleCodec.Decode(stored.Span, pixels.SamplesPerPixel, bytes, pixels.DecodedFrameBytes);
            case FrameCodec.Deflate:
                RequireSize(pixels);
                return Arrange(pixels, DeflatedFrame.Decode(stored, (pixels.NativeFrameBits + 7) / 8));
            case FrameCodec.Jpeg:
                return DecodeJpeg(pixels, stored, cancellationToken);
            case FrameCodec.Jpeg2000:
                Jpeg2000Header.Check(stored.Span, pixels);
                return DecodeInChild(pixels, DecoderCodec.Jpeg2000, stored.Span, cancellationToken);
            case FrameCodec.JpegLs:
                JpegHeader header = JpegHeader.Read(stored.Span);
                header.Check(pixels, stored.Length);
                if (header.Process != JpegHeader.JpegLs) throw header.NotDecoded();
                return DecodeInChild(pixels, DecoderCodec.JpegLs, stored.Span, cancellationToken);
            default:
                throw new SegmentationException(ErrorCode.UnsupportedTransferSyntax,
                    $"The transfer syntax {pixels.Syntax} is not decoded; send the images as Explicit VR Little Endian.");
        }
    }

    /// <summary>Decodes a frame to its values: sign-extended from BitsStored, bits outside the value masked.</summary>
    /// <inheritdoc cref="Decode"/>
    /// <param name="pixels">Integers of at most 32 bits allocated.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="values">Height x Width x SamplesPerPixel values, row-major, samples of a pixel side by side.</param>
    /// <param name="cancellationToken">Ends a decode.</param>
    /// <exception cref="ArgumentException">There are not as many values as samples.</exception>
    public void ReadValues(DicomPixelData pixels, int frame, Span<int> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.IsFloat || pixels.BitsAllocated > 32)
            throw PixelFault.Unreadable($"Pixels are {(pixels.IsFloat ? "floating point" : "integer")} numbers of {pixels.BitsAllocated} bits; integers of at most 32 are read.");
        if (values.Length != pixels.SamplesPerFrame) throw new ArgumentException("There are not as many values as samples.", nameof(values));
        if (!SampleValues.Read(Samples(pixels, frame, cancellationToken), pixels.BytesPerSample, pixels.BitsStored, pixels.HighBit, pixels.IsSigned && pixels.BitsAllocated > 1, values))
            throw PixelFault.Unreadable($"Pixels hold unsigned values above {int.MaxValue}.");
    }

    /// <summary>As <see cref="ReadValues"/> of samples of 16 bits, whose values go to words: two's complement where they are signed.</summary>
    internal void ReadWords(DicomPixelData pixels, int frame, Span<ushort> words, CancellationToken cancellationToken) =>
        SampleValues.ReadWords(Samples(pixels, frame, cancellationToken), pixels.BitsStored, pixels.HighBit, pixels.IsSigned, words);

    /// <summary>As <see cref="ReadValues"/> of unsigned samples that are whole bytes.</summary>
    internal void ReadBytes(DicomPixelData pixels, int frame, Span<byte> bytes, CancellationToken cancellationToken) =>
        Samples(pixels, frame, cancellationToken).CopyTo(bytes);

    /// <summary>Ends the child processes.</summary>
    public void Dispose() => _pool.Dispose();

    /// <summary>A decoded frame; one that is stored as it decodes is borrowed from the data set.</summary>
    private ReadOnlySpan<byte> Samples(DicomPixelData pixels, int frame, CancellationToken cancellationToken)
    {
        bool isPlain = FrameCodecs.Of(pixels.Syntax) == FrameCodec.Native && pixels is { IsEncapsulated: false } and { IsPlanar: false, IsHalfChroma: false, BitsAllocated: > 1 };
        return isPlain ? pixels.GetFrame(frame).Span : Decode(pixels, frame, cancellationToken);
    }

    private byte[] DecodeInChild(DicomPixelData pixels, DecoderCodec codec, ReadOnlySpan<byte> stored, CancellationToken cancellationToken)
    {
        DecoderRequest request = new(codec, pixels.IsSigned, pixels.BytesPerSample, pixels.Width, pixels.Height, pixels.SamplesPerPixel, stored.Length);
        return _pool.Decode(request, stored, pixels.Syntax, cancellationToken);
    }

    private static byte[] DecodeJpeg(DicomPixelData pixels, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        JpegHeader header = JpegHeader.Read(stored.Span);
        header.Check(pixels, stored.Length);
        int bytes = pixels.BytesPerSample;
        return header.Process switch
        {
            JpegHeader.Lossless => JpegLosslessCodec.Decode(stored.Span, header, bytes, cancellationToken),
            JpegHeader.Baseline or JpegHeader.Extended => SequentialJpegCodec.Decode(stored.Span, header, bytes, cancellationToken),
            _ => throw header.NotDecoded(),
        };
    }

    /// <summary>Brings a native frame into the one layout.</summary>
    private static byte[] Arrange(DicomPixelData pixels, ReadOnlySpan<byte> stored)
    {
        if (pixels is { IsPlanar: false, IsHalfChroma: false, BitsAllocated: > 1 }) return stored.ToArray();
        byte[] frame = new byte[pixels.DecodedFrameBytes];
        if (pixels.BitsAllocated == 1)
            FrameLayout.UnpackBits(stored, frame);
        else if (pixels.IsHalfChroma)
            FrameLayout.UpsampleChroma(stored, frame);
        else
            FrameLayout.Interleave(stored, pixels.SamplesPerPixel, pixels.BytesPerSample, frame);
        return frame;
    }

    private static void RequireSize(DicomPixelData pixels)
    {
        if (pixels.DecodedFrameBytes > DicomPixelData.MaxFrameBytes) throw pixels.TooLarge();
    }
}
