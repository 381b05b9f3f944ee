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
    /// <summary>Fetches all objects of the series. What this host does not decode is asked for anew as Explicit VR Little Endian.</summary>
    /// <param name="wanted">Where they are.</param>
    /// <param name="pathOf">Path of the n-th object of all, from 0.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Paths of the files of each series.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownPacs"/>, <see cref="ErrorCode.UnknownSeries"/>, <see
    /// cref="ErrorCode.PacsFailed"/>, <see cref="ErrorCode.TooLarge"/>.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> FetchAsync(PacsSeries wanted, Func<int, string> pathOf, CancellationToken cancellationToken)
    {
        DicomWebClient archive = archives.Find(wanted.Pacs);
        IReadOnlyList<RemoteInstance>[] lists = new IReadOnlyList<RemoteInstance>[wanted.Series.Count];
        for (int n = 0; n < lists.Length; n++)
            lists[n] = await archive.ListInstancesAsync(wanted.Study, wanted.Series[n], cancellationToken).ConfigureAwait(false);
        CheckSize(lists);
        IReadOnlyList<string>[] fetched = new IReadOnlyList<string>[lists.Length];
        int before = 0;
        for (int n = 0; n < lists.Length; n++)
        {
            fetched[n] = await FetchAsync(archive, wanted.Study, wanted.Series[n], lists[n], From(before), cancellationToken).ConfigureAwait(false);
            before += fetched[n].Count;
        }
        return fetched;

        Func<int, string> From(int first) => n => pathOf(first + n);
    }

    private void CheckSize(IReadOnlyList<RemoteInstance>[] lists)
    {
        long most = limits.Value.MaxUnpackedBytes;
        if (lists.SelectMany(list => list).Aggregate((Int128)0, (sum, instance) => sum + instance.PixelBytes) > most)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The series has over {most} bytes of pixels, which is the limit; segment a shorter series. The operator sets Limits:MaxUnpackedBytes."));
        if (lists.Sum(list => list.Count) > limits.Value.MaxFiles)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The series together have over {limits.Value.MaxFiles} instances, which is the limit; segment shorter ones. The operator sets Limits:MaxFiles."));
    }

    private async Task<IReadOnlyList<string>> FetchAsync(
        DicomWebClient archive, string study, string series, IReadOnlyList<RemoteInstance> instances, Func<int, string> pathOf, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> paths = await FetchAsync(plain: false).ConfigureAwait(false);
        return paths.All(path => decoder.CanDecode(DicomFile.Open(path, FileReadOption.SkipLargeTags).Dataset.InternalTransferSyntax))
            ? paths
            : await FetchAsync(plain: true).ConfigureAwait(false);

        Task<IReadOnlyList<string>> FetchAsync(bool plain) =>
            archive.RetrieveSeriesAsync(study, series, instances, pathOf, plain, cancellationToken);
    }
}
