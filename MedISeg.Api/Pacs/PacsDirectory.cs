using System.Collections.Frozen;
using MedISeg.Api.Options;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Pacs;

/// <summary>The configured archives by name.</summary>
internal sealed class PacsDirectory : IDisposable
{
    private readonly FrozenDictionary<string, (HttpClient Http, DicomWebClient Client)> _archives;

    /// <summary>Prepares the connections; none is opened.</summary>
    public PacsDirectory(IOptions<PacsOptions> options, IOptions<LimitOptions> limits, PacsConnect connect, TimeProvider time) =>
        _archives = options.Value.Archives.ToFrozenDictionary(pair => pair.Key, pair => Create(pair.Value, limits.Value, connect, time), StringComparer.Ordinal);

    /// <summary>Names in alphabetic order.</summary>
    public IReadOnlyList<string> Names => [.. _archives.Keys.Order(StringComparer.Ordinal)];

    /// <summary>An archive.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownPacs"/>.</exception>
    public DicomWebClient Find(string name) => _archives.TryGetValue(name, out (HttpClient Http, DicomWebClient Client) archive)
        ? archive.Client
        : throw new SegmentationException(ErrorCode.UnknownPacs,
            $"There is no such PACS; the configuration knows {(_archives.Count == 0 ? "none: the operator sets Pacs:Archives" : string.Join(", ", Names))}.");

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((HttpClient http, _) in _archives.Values) http.Dispose();
    }

    private static (HttpClient, DicomWebClient) Create(ArchiveOptions archive, LimitOptions limits, PacsConnect connect, TimeProvider time)
    {
        string root = archive.Url!.AbsoluteUri;
        HttpClient http = new(new PacsConnection.Credentials(archive, connect(archive)))
        {
            BaseAddress = new Uri(root.EndsWith('/') ? root : root + "/"), Timeout = Timeout.InfiniteTimeSpan,
        };
        return (http, new DicomWebClient(http, new DicomWebOptions
        {
            Attempts = archive.Attempts,
            FirstDelay = archive.FirstDelay,
            AnswerTimeout = archive.AnswerTimeout,
            TransferTimeout = archive.TransferTimeout,
            MaxInstances = limits.MaxFiles,
            MaxBytes = limits.MaxUnpackedBytes,
        }, time));
    }
}
