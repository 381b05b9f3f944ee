using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels;

/// <summary>The pixels of a data set: what they claim to be, and the bytes of each frame as they are stored.</summary>
public sealed class DicomPixelData
{
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

    /// <summary>Bits that a sample takes: 1, 8, 16, 32 or 64.</summary>
    public int BitsAllocated { get; private init; }

    /// <summary>Bits of a sample that are the value.</summary>
    public int BitsStored { get; private init; }

    /// <summary>Place of the value's highest bit.</summary>
    public int HighBit { get; private init; }

    /// <summary>Whether values are two's complement.</summary>
    public bool IsSigned { get; private init; }

    /// <summary>Photometric interpretation.</summary>
    public string PhotometricInterpretation { get; private init; } = "";

    /// <summary>How frames are encoded.</summary>
    public DicomTransferSyntax Syntax { get; private init; } = DicomTransferSyntax.ExplicitVRLittleEndian;

    /// <summary>Takes the pixels of a data set.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.NoPixelData"/>, <see cref="ErrorCode.UnreadableImage"/>,
    /// <see cref="ErrorCode.TruncatedImage"/>, <see cref="ErrorCode.TooLarge"/>.</exception>
    public static DicomPixelData Create(DicomDataset dataset) => throw new NotSupportedException(dataset.ToString());

    /// <summary>The bytes of a frame as they are stored: fragments joined, still compressed where the syntax is.</summary>
    /// <param name="frame">From 0.</param>
    public ReadOnlyMemory<byte> GetFrame(int frame) => throw new NotSupportedException(frame.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
