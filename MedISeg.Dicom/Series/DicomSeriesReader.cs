using MedISeg.Dicom.Pixels;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Dicom.Series;

/// <summary>Reads DICOM files as volumes: slices in order of their position along the normal, values rescaled.</summary>
/// <param name="decoder">Borrowed.</param>
public sealed class DicomSeriesReader(FrameDecoder decoder)
{
    /// <summary>Reads the headers of all files and groups them by series.</summary>
    /// <param name="paths">Files in any order; names are not looked at.</param>
    /// <param name="cancellationToken">Checked once a file.</param>
    /// <returns>One entry a series (SeriesInstanceUID), in the order in which the first file of each came.</returns>
    /// <exception cref="SegmentationException">A file is not a DICOM image, or a series is no regular grid; the detail gives numbers and mm.</exception>
    public IReadOnlyList<DicomSeries> Open(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        throw new NotSupportedException(paths.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) + decoder + cancellationToken);

    /// <summary>Reads the voxels of a series.</summary>
    /// <param name="series">As <see cref="Open"/> gave it.</param>
    /// <param name="limits">Checked before memory is taken.</param>
    /// <param name="progress">Slices read so far, of all; null: nobody looks.</param>
    /// <param name="cancellationToken">Checked once a slice.</param>
    /// <returns>Stored values with one slope and intercept where all slices share them, else real values as floats.</returns>
    public Volume Read(DicomSeries series, ImageLimits limits, IProgress<int>? progress, CancellationToken cancellationToken) =>
        throw new NotSupportedException(series.ToString() + limits + progress + cancellationToken);
}
