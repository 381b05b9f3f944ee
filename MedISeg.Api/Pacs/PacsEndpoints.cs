using System.Text.Json;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.OpenApi;
using MedISeg.Api.Segmentations;
using MedISeg.Api.Uploads;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Pacs;

/// <summary>Archives: search, and segment what is there.</summary>
internal static class PacsEndpoints
{
    private const int DefaultLimit = 100, LargestLimit = 1000;

    /// <summary>Attributes that a search may name.</summary>
    private static readonly string[] StudyKeys =
        ["PatientID", "PatientName", "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyDescription", "ModalitiesInStudy", "StudyID", "fuzzymatching"];

    private static readonly string[] SeriesKeys = ["SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "BodyPartExamined"];

    private static readonly ErrorCode[] SearchCodes = [ErrorCode.MalformedRequest, ErrorCode.UnknownPacs, ErrorCode.UnknownSeries, ErrorCode.TooLarge, ErrorCode.PacsFailed];

    /// <summary>Maps <c>/v1/pacs</c>.</summary>
    public static void MapPacs(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/pacs").WithTags("PACS").RequireScope(Scopes.Pacs);
        group.MapGet("", List).WithName("listPacs").Produces<PacsListDocument>();
        group.MapGet("/{name}/studies", SearchStudies).WithName("searchPacsStudies").Produces<object>(StatusCodes.Status200OK, BodyTypes.DicomJson)
            .Fails(SearchCodes).DisableRequestTimeout().WithMetadata(new Audited());
        group.MapGet("/{name}/studies/{study}/series", SearchSeries).WithName("searchPacsSeries").Produces<object>(StatusCodes.Status200OK, BodyTypes.DicomJson)
            .Fails(SearchCodes).DisableRequestTimeout().WithMetadata(new Audited());
        group.MapPost("/{name}/segmentations", Submit).WithName("submitPacsSegmentation").Accepts<PacsRequest>("application/json")
            .Produces<JobDocument>(StatusCodes.Status202Accepted)
            .Fails([ErrorCode.UnknownPacs, ErrorCode.UnknownSeries, ErrorCode.PacsFailed, .. SegmentationsEndpoints.SubmitCodes]).DisableRequestTimeout()
            .RequireScope(Scopes.Segment);
    }

    /// <summary>Lists the configured PACS</summary>
    private static JsonHttpResult<PacsListDocument> List([FromServices] PacsDirectory archives) =>
        TypedResults.Json(new PacsListDocument(archives.Names), ApiJson.Options);

    /// <summary>Searches the studies of a PACS</summary>
    /// <remarks>
    /// Attributes by keyword, as in QIDO-RS, for instance `?PatientID=123&amp;StudyDate=20260101-20261231`: PatientID, PatientName, StudyInstanceUID,
    /// StudyDate, StudyTime, AccessionNumber, StudyDescription, ModalitiesInStudy, StudyID; `fuzzymatching`, `limit` (1 to 1000, default 100) and `offset`.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="archives">The archives.</param>
    /// <param name="name">Name of the PACS.</param>
    private static Task SearchStudies(HttpContext context, [FromServices] PacsDirectory archives, string name) =>
        SearchAsync(context, archives, name, "studies", StudyKeys);

    /// <summary>Searches the series of a study of a PACS</summary>
    /// <remarks>By SeriesInstanceUID, Modality, SeriesNumber, SeriesDescription, BodyPartExamined; `limit` (1 to 1000, default 100) and `offset`.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="archives">The archives.</param>
    /// <param name="name">Name of the PACS.</param>
    /// <param name="study">UID of the study.</param>
    private static Task SearchSeries(HttpContext context, [FromServices] PacsDirectory archives, string name, string study) =>
        DicomWebClient.IsUid(study) ? SearchAsync(context, archives, name, $"studies/{study}/series", SeriesKeys) : throw NoUid("The study of the address");

    /// <summary>Segments a series of a PACS</summary>
    /// <remarks>
    /// A model of several channels takes one series a channel of the study: `channels` instead of `seriesInstanceUid`.
    /// The service fetches the series, segments it, and stores the DICOM segmentation in the same study of the same PACS, unless `store` is
    /// false. Waits and answers like `POST /v1/segmentations`. The job is over when the result is there; its `delivery` says how far the PACS has it:
    /// failures are tried again, also after a restart, and end as `dead-lettered`.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="archives">The archives.</param>
    /// <param name="submission">Makes the job.</param>
    /// <param name="answers">Answers.</param>
    /// <param name="name">Name of the PACS.</param>
    private static async Task Submit(
        HttpContext context, [FromServices] PacsDirectory archives, [FromServices] JobSubmission submission, [FromServices] SubmissionAnswers answers, string name)
    {
        archives.Find(name);
        PacsRequest wanted = await ReadAsync(context).ConfigureAwait(false);
        if (!DicomWebClient.IsUid(wanted.StudyInstanceUid)) throw NoUid("studyInstanceUid");
        if ((wanted.SeriesInstanceUid is null) == (wanted.Channels is null)) throw Malformed("Send either seriesInstanceUid or channels.");
        if (wanted.Channels is null && !DicomWebClient.IsUid(wanted.SeriesInstanceUid)) throw NoUid("seriesInstanceUid");
        if (wanted.Channels?.Values.All(DicomWebClient.IsUid) == false) throw NoUid("Each of channels");
        await answers.WriteAsync(context, id => submission.AcceptAsync(context, id, name, wanted)).ConfigureAwait(false);
    }

    private static async Task<PacsRequest> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new SegmentationException(ErrorCode.UnsupportedMediaType, "Send Content-Type application/json.");
        try
        {
            return await context.Request.ReadFromJsonAsync<PacsRequest>(ApiJson.Options, context.RequestAborted).ConfigureAwait(false) ?? throw NoRequest();
        }
        catch (JsonException e)
        {
            throw NoRequest(e);
        }
    }

    private static async Task SearchAsync(HttpContext context, PacsDirectory archives, string name, string resource, string[] keys)
    {
        DicomWebClient archive = archives.Find(name);
        List<string> query = [];
        int place = 0, limit = DefaultLimit;
        foreach ((string key, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Query)
        {
            place++;
            string value = values.Count == 1 ? values.ToString() : throw Malformed($"Query parameter {place} came {values.Count} times; send it once.");
            if (key == "limit") limit = int.TryParse(value, out limit) && limit is >= 1 and <= LargestLimit ? limit : throw Malformed($"limit must be between 1 and {LargestLimit}.");
            else if (key == "offset" && int.TryParse(value, out int offset) && offset >= 0) query.Add($"offset={offset}");
            else if (keys.Contains(key, StringComparer.Ordinal)) query.Add($"{key}={Uri.EscapeDataString(value)}");
            else throw Malformed($"The {GivenName.Of(key, "query parameter", place)} is not known or is no number; use {string.Join(", ", keys)}, limit, offset.");
        }
        query.Add($"limit={limit}");
        byte[] json = await archive.SearchAsync($"{resource}?{string.Join('&', query)}", context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = BodyTypes.DicomJson;
        await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
    }

    private static SegmentationException NoUid(string what) => Malformed($"{what} must be a UID: digits and points, at most 64.");

    private static SegmentationException NoRequest(Exception? cause = null) => new(ErrorCode.MalformedRequest,
        "The body must be a JSON object with studyInstanceUid and seriesInstanceUid (or channels), and as far as wanted model, options, store and notify.", cause);

    private static SegmentationException Malformed(string detail) => new(ErrorCode.MalformedRequest, detail);
}
