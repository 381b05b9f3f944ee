using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Pixels;

/// <summary>The exceptions of this folder, each with its way out.</summary>
internal static class PixelFault
{
    private const string Remedy = " Send the object as its source stored it, or export it again.";

    /// <summary>Pixels or attributes that contradict the standard or each other.</summary>
    internal static SegmentationException Unreadable(string sentence, Exception? inner = null) =>
        new(ErrorCode.UnreadableImage, sentence + Remedy, inner);

    /// <summary>Fewer bytes than the attributes ask for.</summary>
    internal static SegmentationException Truncated(string sentence, Exception? inner = null) =>
        new(ErrorCode.TruncatedImage, sentence + Remedy, inner);
}
