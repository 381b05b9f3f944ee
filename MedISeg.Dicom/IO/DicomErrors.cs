using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>The failures of reading a file; nothing of its content is in them.</summary>
internal static class DicomErrors
{
    /// <summary>The bytes are no DICOM file.</summary>
    public static SegmentationException NotDicom() => new(ErrorCode.UnreadableImage, "This is not a DICOM file; send a DICOM Part 10 file.");

    /// <summary>Something claims more bytes than there are.</summary>
    public static SegmentationException Truncated() => new(ErrorCode.TruncatedImage, "The DICOM file ends before its data does; send it again as a whole.");

    /// <summary>The structure is broken.</summary>
    /// <param name="what">A sentence without its full stop; no value of the file.</param>
    /// <param name="inner">The cause, for the debugger only.</param>
    public static SegmentationException Damaged(string what, Exception? inner = null) =>
        new(ErrorCode.UnreadableImage, $"The DICOM file is damaged: {char.ToLowerInvariant(what[0])}{what[1..]}; export it again.", inner);
}
