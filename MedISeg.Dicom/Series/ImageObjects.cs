using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Series;

/// <summary>Tells images from the other things that DICOM files hold.</summary>
/// <remarks>Source: PS3.4 B.5, storage SOP classes.</remarks>
public static class ImageObjects
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    /// <summary>Classes by the end of their UID behind <see cref="Storage"/>; an end of <c>.</c> takes the whole family. What has pixels and
    /// is still no image to segment is unreadable, the rest has no pixel data.</summary>
    private static readonly (string Class, string Kind, string Fix, bool HasPixels)[] Others =
    [
        ("481.2", "an RT dose", "send the image series that it was planned on", true),
        ("481.3", "an RT structure set, not an image", "send the image series that it was drawn on", false),
        ("481.1", "an RT image", "send the planning images", true),
        ("481.", "a radiotherapy plan or record, not an image", "send the image series", false),
        ("66.4", "a segmentation, not an image", "send the image series that it was made from", true),
        ("66.7", "a label map segmentation, not an image", "send the image series that it was made from", true),
        ("66.", "a registration, fiducial or surface object, not an image", "send the image series", false),
        ("66", "raw data, not an image", "send the reconstructed image series", false),
        ("67", "a real world value mapping, not an image", "send the image series", false),
        ("11.", "a presentation state, not an image", "send the image series that it shows", false),
        ("88.", "a structured report, not an image", "send the image series", false),
        ("104.", "an encapsulated document, not an image", "send the image series", false),
        ("9.", "a waveform, not an image", "send the image series", false),
        ("4.2", "MR spectroscopy, not an image", "send the image series", false),
        ("30", "a parametric map", "send the image series that it was made from", true),
        ("77.1.6", "a whole slide image of tiles", "export a region of it as one image", true),
    ];

    /// <summary>Whether a file is an image that can be segmented, as far as its header says.</summary>
    /// <param name="file">Header of the file.</param>
    public static bool IsImage(DicomFile file)
    {
        try
        {
            Check(file, 1);
            return true;
        }
        catch (SegmentationException)
        {
            return false;
        }
    }

    /// <summary>Refuses what is no image.</summary>
    /// <param name="file">Header of the file.</param>
    /// <param name="number">Which of the files it is, from 1.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.NoPixelData"/>: an object without pixels; <see
    /// cref="ErrorCode.UnreadableImage"/>: one whose pixels are no image to segment, or a DICOMDIR.</exception>
    internal static void Check(DicomFile file, int number)
    {
        string kind = file.Dataset.GetSingleValueOrDefault(DicomTag.SOPClassUID, "");
        if (kind == DicomUID.MediaStorageDirectoryStorage || file.Dataset.Contains(DicomTag.DirectoryRecordSequence))
            throw new SegmentationException(ErrorCode.UnreadableImage,
                $"File {number} is a DICOMDIR, a list of files and not an image; send the images of one series that it lists.");
        if (kind.StartsWith(Storage, StringComparison.Ordinal))
        {
            string end = kind[Storage.Length..];
            foreach ((string name, string what, string fix, bool hasPixels) in Others)
                if (end == name || name.EndsWith('.') && end.StartsWith(name, StringComparison.Ordinal))
                    throw new SegmentationException(
                        hasPixels ? ErrorCode.UnreadableImage : ErrorCode.NoPixelData, $"File {number} is {what}; {fix}.");
        }
        // Pixels themselves are not kept in a header: rows and columns stand for them, and reading tells the rest.
        if (file.Dataset.GetValueCount(DicomTag.Rows) == 0 || file.Dataset.GetValueCount(DicomTag.Columns) == 0)
            throw new SegmentationException(ErrorCode.NoPixelData,
                $"File {number} is a DICOM object without an image (no rows and columns); send the image series.");
    }
}
