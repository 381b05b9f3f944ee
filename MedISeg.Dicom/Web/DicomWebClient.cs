using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MedISeg.Dicom.IO;
using MedISeg.Imaging.Errors;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace MedISeg.Dicom.Web;

/// <summary>One archive that is reached by DICOMweb: searches (QIDO-RS), fetches (WADO-RS) and stores (STOW-RS). Only its own address is
/// ever asked; what it links to is not followed. Safe for use by several threads.</summary>
/// <remarks>Every failure of the archive is a <see cref="SegmentationException"/> of <see cref="ErrorCode.PacsFailed"/>,
/// <see cref="ErrorCode.UnknownSeries"/> or <see cref="ErrorCode.TooLarge"/>; what may pass is tried again before.</remarks>
public sealed class DicomWebClient
{
    /// <summary>Media type of an object.</summary>
    internal const string Dicom = "application/dicom";

    /// <summary>The archive has the object already: "duplicate SOP instance" of the standard, and of dicom-server.</summary>
    private static readonly int[] AlreadyThere = [0x0111, 0xB00E];

    private readonly HttpClient _http;
    private readonly DicomWebOptions _options;
    private readonly DicomWebPipelines _pipelines;

    /// <summary>Takes a connection.</summary>
    /// <param name="http">Borrowed; its base address is the root of the DICOMweb service and ends with a slash, it does not redirect, and its own
    /// timeout is infinite.</param>
    /// <param name="options">Limits and patience.</param>
    /// <param name="time">Measures waits.</param>
    public DicomWebClient(HttpClient http, DicomWebOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _pipelines = new DicomWebPipelines(options, time);
    }

    /// <summary>Whether a text can be a UID: digits and points, at most 64.</summary>
    public static bool IsUid(string? text) =>
        DicomUID.IsValid(text) && !text!.StartsWith('.') && !text.EndsWith('.');

    /// <summary>Searches.</summary>
    /// <param name="resource">Below the root, with its query: <c>studies?PatientID=1</c>; escaped.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An array of the DICOM JSON model as UTF-8, as the archive sent it.</returns>
    public Task<byte[]> SearchAsync(string resource, CancellationToken cancellationToken) => CallAsync(_pipelines.Searches, async token =>
    {
        using HttpResponseMessage answer = await GetAsync(resource, [DicomJson.MediaType], token).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NoContent) return "[]"u8.ToArray();
        byte[] json = await ReadAsync(answer.Content, token).ConfigureAwait(false);
        using JsonDocument document = Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Array ? json : throw DicomWebFault.Unusable("answered a search with no list");
    }, cancellationToken);

    /// <summary>The instances of a series, without their pixels; at least one.</summary>
    /// <exception cref="SegmentationException">As above; there are more than <see cref="DicomWebOptions.MaxInstances"/>.</exception>
    public Task<IReadOnlyList<RemoteInstance>> ListInstancesAsync(string study, string series, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<RemoteInstance>>(_pipelines.Searches, async token =>
        {
            using HttpResponseMessage answer = await GetAsync(Address(study, series) + "/metadata", [DicomJson.MediaType], token).ConfigureAwait(false);
            List<RemoteInstance> instances = [];
            if (answer.StatusCode == HttpStatusCode.NoContent) throw DicomWebFault.UnknownSeries();
            Stream body = await answer.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
                await foreach (JsonElement dataset in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(body, cancellationToken: token).ConfigureAwait(false))
                {
                    if (instances.Count >= _options.MaxInstances) throw SeriesDownload.TooManyInstances(_options.MaxInstances);
                    instances.Add(Instance(dataset));
                }
            return instances.Count > 0 ? instances : throw DicomWebFault.UnknownSeries();
        }, cancellationToken);

    /// <summary>Fetches all objects of a series to the disk, as the archive has them.</summary>
    /// <param name="study">UID of the study.</param>
    /// <param name="series">UID of the series.</param>
    /// <param name="instances">Of <see cref="ListInstancesAsync"/>: each must come.</param>
    /// <param name="pathOf">Path of the n-th object, from 0; an existing file is overwritten.</param>
    /// <param name="plain">Whether to ask for Explicit VR Little Endian, where this host does not decode what the archive has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Paths of the files; after a failure none is left.</returns>
    public Task<IReadOnlyList<string>> RetrieveSeriesAsync(
        string study, string series, IReadOnlyList<RemoteInstance> instances, Func<int, string> pathOf, bool plain, CancellationToken cancellationToken) =>
        CallAsync(_pipelines.Transfers, async token =>
        {
            SeriesDownload download = new(pathOf, _options);
            try
            {
                string syntax = plain ? DicomTransferSyntax.ExplicitVRLittleEndian.Uid : "*";
                using HttpResponseMessage answer = await GetAsync(
                    Address(study, series), [$"multipart/related; type=\"{Dicom}\"; transfer-syntax={syntax}"], token).ConfigureAwait(false);
                await download.AddAsync(answer.Content, token).ConfigureAwait(false);
                CheckComplete(download.Paths, instances);
                return download.Paths;
            }
            catch
            {
                download.Discard();
                throw;
            }
        }, cancellationToken);

    /// <summary>Sends objects. The same objects may be sent again: one that the archive has already counts as stored.</summary>
    /// <param name="paths">Part 10 files, at least one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<StoreOutcome> StoreAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => CallAsync(_pipelines.Transfers, async token =>
    {
        using MultipartContent content = new("related");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", $"\"{Dicom}\""));
        foreach (string path in paths)
        {
            StreamContent part = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true));
            part.Headers.ContentType = new MediaTypeHeaderValue(Dicom);
            content.Add(part);
        }
        using HttpRequestMessage request = new(HttpMethod.Post, "studies") { Content = content };
        request.Headers.Accept.ParseAdd(DicomJson.MediaType);
        using HttpResponseMessage answer = await SendAsync(request, token).ConfigureAwait(false);
        // A conflict says in its body which objects the archive did not take.
        if (answer.StatusCode != HttpStatusCode.Conflict) DicomWebFault.ThrowIfFailed(answer);
        byte[] json = await ReadAsync(answer.Content, token).ConfigureAwait(false);
        if (json.Length == 0 && answer.StatusCode == HttpStatusCode.OK) return new StoreOutcome(paths.Count, []);
        return Outcome(json, paths.Count);
    }, cancellationToken);

    private static StoreOutcome Outcome(byte[] json, int sent)
    {
        using JsonDocument document = Parse(json);
        StoreFailure[] failures = [.. DicomJson.Values(document.RootElement, DicomTag.FailedSOPSequence)
            .Select(item => new StoreFailure(DicomJson.Text(item, DicomTag.ReferencedSOPInstanceUID) ?? "", (int)(DicomJson.Number(item, DicomTag.FailureReason) ?? 0)))
            .Where(failure => !AlreadyThere.Contains(failure.Reason))];
        return new StoreOutcome(sent - failures.Length, failures);
    }

    private static string Address(string study, string series)
    {
        if (!IsUid(study) || !IsUid(series)) throw new ArgumentException("A UID has digits and points, at most 64.", IsUid(study) ? nameof(series) : nameof(study));
        return $"studies/{study}/series/{series}";
    }

    private static RemoteInstance Instance(JsonElement dataset)
    {
        long Of(DicomTag tag, long otherwise) => Math.Clamp(DicomJson.Number(dataset, tag) ?? otherwise, 0, uint.MaxValue);
        string? uid = DicomJson.Text(dataset, DicomTag.SOPInstanceUID);
        if (!IsUid(uid)) throw DicomWebFault.Unusable("lists an instance without its UID");
        Int128 bits = (Int128)Of(DicomTag.Rows, 0) * Of(DicomTag.Columns, 0) * Of(DicomTag.NumberOfFrames, 1) * Of(DicomTag.SamplesPerPixel, 1)
            * Of(DicomTag.BitsAllocated, 16);
        return new RemoteInstance(DicomJson.Text(dataset, DicomTag.SOPClassUID) ?? "", uid!, (long)Int128.Min((bits + 7) / 8, long.MaxValue));
    }

    /// <summary>A missing slice would make another image of the series: each instance that the archive lists must have come, and be whole.</summary>
    private static void CheckComplete(IReadOnlyList<string> paths, IReadOnlyList<RemoteInstance> instances)
    {
        HashSet<string> missing = [.. instances.Select(instance => instance.SopInstanceUid)];
        foreach (string path in paths)
            try
            {
                DicomDataset dataset = DicomFile.Open(path, FileReadOption.SkipLargeTags).Dataset;
                missing.Remove(dataset.GetSingleValueOrDefault(DicomTag.SOPInstanceUID, ""));
            }
            catch (SegmentationException e) when (e.Code == ErrorCode.TruncatedImage)
            {
                throw DicomWebFault.Unreachable(e);
            }
            catch (SegmentationException e)
            {
                throw new DicomWebFault(e.Code, e.Message, false, e);
            }
        if (missing.Count > 0)
            throw new DicomWebFault(ErrorCode.PacsFailed, string.Create(CultureInfo.InvariantCulture,
                $"The PACS lists {instances.Count} instances of the series and sent {instances.Count - missing.Count}; try again when the series is complete."), true);
    }

    private static JsonDocument Parse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw DicomWebFault.Unusable("answered with no JSON", e);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(_options.MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new DicomWebFault(ErrorCode.TooLarge, "The PACS found too much; search for less, or with a limit.", false, e);
        }
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> GetAsync(string address, IEnumerable<string> accept, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        HttpResponseMessage answer = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            DicomWebFault.ThrowIfFailed(answer);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private static async Task<T> CallAsync<T>(ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(async token =>
            {
                try
                {
                    return await call(token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is HttpRequestException or HttpIOException)
                {
                    throw DicomWebFault.Unreachable(e);
                }
                catch (JsonException e)
                {
                    throw DicomWebFault.Unusable("answered with no JSON", e);
                }
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (DicomWebFault fault)
        {
            throw new SegmentationException(fault.Code, fault.Message, fault);
        }
        catch (TimeoutRejectedException e)
        {
            throw new SegmentationException(ErrorCode.PacsFailed, "The PACS took too long to answer; try again later.", e);
        }
        catch (BrokenCircuitException e)
        {
            throw new SegmentationException(ErrorCode.PacsFailed, "The PACS failed several times in a row and is left alone for a while; try again later.", e);
        }
    }
}
