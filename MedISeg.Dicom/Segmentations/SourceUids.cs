using MedISeg.Dicom.Series;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Segmentations;

/// <summary>UIDs of the source. Careless anonymisation empties them: study and series are then named anew, always the same way, so that all
/// results of one source stay together. Instances are not: references to them would lead nowhere.</summary>
internal static class SourceUids
{
    /// <summary>Study of the source; without one, derived from the frame of reference, which the images of a study share.</summary>
    /// <param name="source">The source.</param>
    /// <param name="root">What a UID of ours begins with.</param>
    public static string Study(DicomSeries source, string root) =>
        Find(source.Header, DicomTag.StudyInstanceUID) ?? DicomUID.Derive("study of " + Required(source.Header, DicomTag.FrameOfReferenceUID), root);

    /// <summary>Series of the source; without one, derived from its first instance.</summary>
    /// <inheritdoc cref="Study"/>
    public static string Series(DicomSeries source, string root) =>
        Find(source.Header, DicomTag.SeriesInstanceUID) ?? DicomUID.Derive("series of " + Required(source.Header, DicomTag.SOPInstanceUID), root);

    /// <summary>A UID that must be there.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: it is missing, empty or no UID.</exception>
    public static string Required(DicomDataset header, DicomTag tag) => Find(header, tag) ?? throw new SegmentationException(ErrorCode.UnreadableImage,
        $"An image has no {tag} of digits and dots, which a DICOM segmentation refers to; export the series with it, or ask for the result as NIfTI.");

    /// <summary>A damaged UID is as good as none: written into an object of ours it would make that one invalid, too.</summary>
    private static string? Find(DicomDataset header, DicomTag tag) =>
        header.GetSingleValueOrDefault(tag, "") is { } uid && DicomUID.IsValid(uid) ? uid : null;
}
