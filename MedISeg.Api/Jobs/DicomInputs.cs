using MedISeg.Dicom.Series;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Reads DICOM files as one image: one series, or one a channel.</summary>
internal sealed class DicomInputs(DicomSeriesReader reader)
{
    /// <summary>Reads all files.</summary>
    /// <param name="paths">Files in any order.</param>
    /// <param name="channels">Channel of each file, from 0; null: the package's rules say it.</param>
    /// <param name="manifest">The package.</param>
    /// <param name="mismatch">What to do with a modality or body part that is not the package's.</param>
    /// <param name="limits">What all channels together may take.</param>
    /// <param name="cancellationToken">Checked once a file.</param>
    public JobImage Read(
        IReadOnlyList<string> paths, IReadOnlyList<int>? channels, ModelManifest manifest, MismatchPolicy mismatch, ImageLimits limits,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<DicomSeries> series = reader.Open(paths, cancellationToken);
        Volume image = ChannelStack.Read(series.Count, manifest, limits, (n, rest) => reader.Read(series[n], rest, null, cancellationToken));
        return new JobImage(image, InputKind.Dicom, series, []);
    }
}
