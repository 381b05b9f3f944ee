using MedISeg.Dicom.Segmentations;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Evaluation;

/// <summary>Reads a label map of whatever kind: NIfTI, a picture, or a DICOM segmentation.</summary>
internal static class LabelFile
{
    private const int PreambleLength = 128;

    /// <summary>Reads a label map.</summary>
    /// <param name="path">Path of the file; its name is not looked at.</param>
    /// <param name="grid">Grid on which a segmentation's frames are laid, each at its position; label n is segment n.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">The file cannot be read, or a frame lies on no plane of the grid.</exception>
    public static LabelMap Read(string path, VolumeGeometry grid) =>
        IsDicom(path) ? DicomSegmentation.Open(path).ToLabelMap(grid) : ImageReader.ReadLabels(path, new ImageLimits());

    private static bool IsDicom(string path)
    {
        Span<byte> head = stackalloc byte[PreambleLength + 4];
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[PreambleLength..].SequenceEqual("DICM"u8);
    }
}
