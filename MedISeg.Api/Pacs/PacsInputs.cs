using System.Globalization;
using MedISeg.Api.Options;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Pacs;

/// <summary>Fetches the series of a job from its archive.</summary>
internal sealed class PacsInputs(PacsDirectory archives, FrameDecoder decoder, IOptions<LimitOptions> limits)
{
    /// <summary>Fetches all objects of a series. What this host does not decode is asked for anew as Explicit VR Little Endian.</summary>
    /// <param name="series">Where it is.</param>
    /// <param name="pathOf">Path of the n-th object, from 0.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Paths of the files.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownPacs"/>, <see cref="ErrorCode.UnknownSeries"/>, <see
    /// cref="ErrorCode.PacsFailed"/>, <see cref="ErrorCode.TooLarge"/>.</exception>
    public async Task<IReadOnlyList<string>> FetchAsync(PacsSeries series, Func<int, string> pathOf, CancellationToken cancellationToken)
    {
        DicomWebClient archive = archives.Find(series.Pacs);
        IReadOnlyList<RemoteInstance> instances = await archive.ListInstancesAsync(series.Study, series.Series, cancellationToken).ConfigureAwait(false);
        long most = limits.Value.MaxUnpackedBytes;
        if (instances.Aggregate((Int128)0, (sum, instance) => sum + instance.PixelBytes) > most)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The series has over {most} bytes of pixels, which is the limit; segment a shorter series. The operator sets Limits:MaxUnpackedBytes."));
        IReadOnlyList<string> paths = await FetchAsync(plain: false).ConfigureAwait(false);
        return paths.All(path => decoder.CanDecode(DicomFile.Open(path, FileReadOption.SkipLargeTags).Dataset.InternalTransferSyntax))
            ? paths
            : await FetchAsync(plain: true).ConfigureAwait(false);

        Task<IReadOnlyList<string>> FetchAsync(bool plain) =>
            archive.RetrieveSeriesAsync(series.Study, series.Series, instances, pathOf, plain, cancellationToken);
    }
}
