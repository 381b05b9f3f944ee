using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Segmentations;

/// <summary>A segmentation object that was read, whoever wrote it.</summary>
public sealed class DicomSegmentation
{
    private DicomSegmentation()
    {
    }

    /// <summary>Reads a BINARY, FRACTIONAL or LABELMAP segmentation.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="SegmentationException">The file is none, or is damaged.</exception>
    public static DicomSegmentation Open(string path) => throw new NotSupportedException(path);

    /// <summary>The segments as a label map on a grid; label n is segment number n.</summary>
    /// <param name="geometry">A grid whose planes hold the frames; null: the smallest regular grid that holds all of them.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.IrregularGeometry"/>: a frame is on no plane of the grid, or segments overlap.</exception>
    public LabelMap ToLabelMap(VolumeGeometry? geometry = null) => throw new NotSupportedException(geometry?.ToString());
}
