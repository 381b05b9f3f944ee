using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels;

/// <summary>The pixels of a data set: what they claim to be, and the bytes of each frame as they are stored. Nothing of the claimed
/// size is allocated here. Thread-safe.</summary>
public sealed class DicomPixelData
{
    /// <summary>Most bytes that a decoded frame may take: 1 GiB.</summary>
    public const long MaxFrameBytes = 1L << 30;

    private ReadOnlyMemory<byte> _native;
    private FrameIndex? _index;

    private DicomPixelData()
    {
    }

    /// <summary>Columns of a frame.</summary>
    public int Width { get; private init; }

    /// <summary>Rows of a frame.</summary>
    public int Height { get; private init; }

    /// <summary>Number of frames, at least 1.</summary>
    public int NumberOfFrames { get; private init; }

    /// <summary>Samples of a pixel: 1, 3 or 4.</summary>
    public int SamplesPerPixel { get; private init; }

    /// <summary>Whether native frames hold plane after plane instead of pixel after pixel.</summary>
    public bool IsPlanar { get; private init; }

    /// <summary>Bits that a sample takes: 1, 8, 16, 32 or 64.</summary>
    public int BitsAllocated { get; private init; }

    /// <summary>Bits of a sample that are the value.</summary>
    public int BitsStored { get; private init; }

    /// <summary>Place of the value's highest bit.</summary>
    public int HighBit { get; private init; }

    /// <summary>Whether values are two's complement.</summary>
    public bool IsSigned { get; private init; }

    /// <summary>Whether samples are IEEE numbers of 32 or 64 bits (Float or Double Float Pixel Data).</summary>
    public bool IsFloat { get; private init; }

    /// <summary>Photometric interpretation.</summary>
    public string PhotometricInterpretation { get; private init; } = "";

    /// <summary>How frames are encoded.</summary>
    public DicomTransferSyntax Syntax { get; private init; } = DicomTransferSyntax.ExplicitVRLittleEndian;

    /// <summary>Whether frames are fragments, compressed or deflated one by one.</summary>
    public bool IsEncapsulated => _index is not null;

    /// <summary>Samples of a frame.</summary>
    public long SamplesPerFrame => (long)Width * Height * SamplesPerPixel;

    /// <summary>Bytes of a frame that <see cref="FrameDecoder.Decode"/> gives: a byte a sample where one bit is allocated.</summary>
    public long DecodedFrameBytes => SamplesPerFrame * BytesPerSample;

    internal int BytesPerSample => Math.Max(1, BitsAllocated / 8);

    /// <summary>Native frames of two bytes a pixel: luminances of two pixels, then the chrominances that they share.</summary>
    internal bool IsHalfChroma { get; private init; }

    /// <summary>Bits of a native frame; frames of one bit a sample run on without padding.</summary>
    internal long NativeFrameBits => IsHalfChroma ? (long)Width * Height * 16 : SamplesPerFrame * BitsAllocated;

    /// <summary>Takes the pixels of a data set: native, or the fragments of any encapsulated syntax.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.NoPixelData"/>; <see cref="ErrorCode.UnreadableImage"/>: attributes
    /// missing or contradictory, or fragments that do not fit the frames; <see cref="ErrorCode.TruncatedImage"/>: fewer bytes or fragments
    /// than the attributes ask for; <see cref="ErrorCode.TooLarge"/>: a native frame of more than 1 GiB.</exception>
    public static DicomPixelData Create(DicomDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        DicomItem item = Find(dataset);
        int width = Positive(dataset, DicomTag.Columns), height = Positive(dataset, DicomTag.Rows);
        int samples = dataset.GetSingleValueOrDefault<ushort>(DicomTag.SamplesPerPixel, 1);
        if (samples is not (1 or 3 or 4)) throw PixelFault.Unreadable($"A pixel has {samples} samples; 1, 3 and 4 are read.");

        bool isFloat = item.Tag != DicomTag.PixelData;
        int allocated = isFloat ? item.Tag == DicomTag.FloatPixelData ? 32 : 64 : Positive(dataset, DicomTag.BitsAllocated);
        if (allocated is not (1 or 8 or 16 or 32 or 64))
            throw PixelFault.Unreadable($"Samples take {allocated} bits; 1, 8, 16, 32 and 64 are read.");
        int stored = isFloat ? allocated : dataset.GetSingleValueOrDefault(DicomTag.BitsStored, (ushort)allocated);
        int high = isFloat ? allocated - 1 : dataset.GetSingleValueOrDefault(DicomTag.HighBit, (ushort)Math.Max(0, stored - 1));
        if (stored < 1 || stored > allocated || high < stored - 1 || high >= allocated)
            throw PixelFault.Unreadable($"{stored} bits with {high} as the highest do not fit samples of {allocated} bits.");

        string photometric = dataset.TryGetString(DicomTag.PhotometricInterpretation, out string? text) ? text.Trim() : "";
        int frames = Frames(dataset);
        ReadOnlyMemory<byte> native = (item as DicomElement)?.Buffer ?? default;
        DicomPixelData pixels = new()
        {
            Width = width, Height = height, SamplesPerPixel = samples, NumberOfFrames = frames, PhotometricInterpretation = photometric,
            BitsAllocated = allocated, BitsStored = stored, HighBit = high, IsFloat = isFloat,
            IsPlanar = samples > 1 && dataset.GetSingleValueOrDefault<ushort>(DicomTag.PlanarConfiguration, 0) == 1,
            IsSigned = dataset.GetSingleValueOrDefault<ushort>(DicomTag.PixelRepresentation, 0) == 1,
            IsHalfChroma = item is DicomElement && photometric == "YBR_FULL_422" && samples == 3 && allocated == 8 && width % 2 == 0
                && native.Length < (Int128)width * height * 3 * frames,
            Syntax = dataset.InternalTransferSyntax, _native = native,
        };
        if (item is DicomFragmentSequence fragments)
            pixels._index = FrameIndex.Create(fragments, frames, dataset);
        else
            pixels.CheckNative();
        return pixels;
    }

    /// <summary>The bytes of a frame as they are stored: fragments joined, still compressed where the syntax is. A frame of one bit a
    /// sample starts at the lowest bit of its first byte.</summary>
    /// <param name="frame">From 0.</param>
    /// <returns>Borrowed from the data set where it need not be joined or shifted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public ReadOnlyMemory<byte> GetFrame(int frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, NumberOfFrames);
        if (_index is not null) return _index.GetFrame(frame);
        long start = NativeFrameBits * frame, end = start + NativeFrameBits;
        ReadOnlyMemory<byte> bytes = _native[(int)(start / 8)..(int)((end + 7) / 8)];
        return start % 8 == 0 && end % 8 == 0 ? bytes : FrameLayout.ShiftBits(bytes.Span, (int)(start % 8), SamplesPerFrame);
    }

    private void CheckNative()
    {
        Int128 needed = ((Int128)NativeFrameBits * NumberOfFrames + 7) / 8;
        if (_native.Length < needed)
        {
            throw PixelFault.Truncated(
                $"{NumberOfFrames} x {Height} x {Width} pixels of {SamplesPerPixel} x {BitsAllocated} bit take {needed} bytes; there are {_native.Length}.");
        }
        if (DecodedFrameBytes > MaxFrameBytes) throw TooLarge();
    }

    /// <summary>What to throw where the frame is larger than <see cref="MaxFrameBytes"/>.</summary>
    internal SegmentationException TooLarge() =>
        new(ErrorCode.TooLarge, $"A frame of {Height} x {Width} pixels takes {DecodedFrameBytes} bytes; at most {MaxFrameBytes} are decoded.");

    private static DicomItem Find(DicomDataset dataset)
    {
        foreach (DicomTag tag in (DicomTag[])[DicomTag.PixelData, DicomTag.FloatPixelData, DicomTag.DoubleFloatPixelData])
        {
            DicomItem? item = dataset.GetDicomItem<DicomItem>(tag);
            if (item is DicomFragmentSequence or DicomElement { Buffer.Length: > 0 }) return item;
        }
        throw new SegmentationException(ErrorCode.NoPixelData, "The DICOM object holds no pixels; send image objects.");
    }

    private static int Positive(DicomDataset dataset, DicomTag tag) =>
        dataset.GetSingleValue<ushort>(tag) is var value and > 0 ? value : throw PixelFault.Unreadable($"{tag} is 0.");

    private static int Frames(DicomDataset dataset)
    {
        int frames = dataset.GetSingleValueOrDefault(DicomTag.NumberOfFrames, 1);
        return frames >= 0 ? Math.Max(1, frames) : throw PixelFault.Unreadable($"{DicomTag.NumberOfFrames} is negative.");
    }
}
