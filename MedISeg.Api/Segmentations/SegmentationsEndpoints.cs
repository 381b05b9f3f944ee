using System.Globalization;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.OpenApi;
using MedISeg.Api.Pacs;
using MedISeg.Api.Results;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Segmentations;

/// <summary>Segmentation jobs.</summary>
internal static class SegmentationsEndpoints
{
    private const int DefaultPage = 50, LargestPage = 200;

    /// <summary>Problems of a job that ran.</summary>
    private static readonly ErrorCode[] JobCodes =
    [
        ErrorCode.TooLarge, ErrorCode.UnreadableImage, ErrorCode.TruncatedImage, ErrorCode.NoPixelData, ErrorCode.UnsupportedTransferSyntax,
        ErrorCode.InvalidVoxels, ErrorCode.InvalidGeometry, ErrorCode.IrregularGeometry, ErrorCode.MixedSeries, ErrorCode.ChannelMismatch,
        ErrorCode.ModalityMismatch, ErrorCode.DimensionMismatch, ErrorCode.ModelFailed, ErrorCode.JobAbandoned, ErrorCode.ArtifactUnreadable,
    ];

    /// <summary>Problems of a request that starts a job.</summary>
    public static ErrorCode[] SubmitCodes { get; } =
    [
        ErrorCode.EmptyBody, ErrorCode.MalformedRequest, ErrorCode.UnreadableArchive, ErrorCode.UnknownOption, ErrorCode.InvalidOption, ErrorCode.UnknownModel,
        ErrorCode.NotAcceptable, ErrorCode.JobCancelled, ErrorCode.UnsupportedMediaType, ErrorCode.ViewNotAllowed, ErrorCode.QuotaExceeded, ErrorCode.QueueFull,
        ErrorCode.ShuttingDown, ErrorCode.StoreUnavailable, ErrorCode.StorageFull, .. JobCodes,
    ];

    /// <summary>Maps <c>/v1/segmentations</c>.</summary>
    public static void MapSegmentations(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/segmentations").WithTags("Segmentations");
        group.MapPost("", Submit).WithName("submitSegmentation")
            .Produces<JobDocument>(StatusCodes.Status202Accepted).Fails(SubmitCodes)
            .WithMetadata(new DisableRequestSizeLimitAttribute()).DisableRequestTimeout().RequireScope(Scopes.Segment);
        group.MapGet("", List).WithName("listSegmentations").Produces<JobListDocument>().Fails(ErrorCode.MalformedRequest).RequireScope(Scopes.Read);
        group.MapGet("/{id}", Get).WithName("getSegmentation").Produces<JobDocument>().Fails(ErrorCode.UnknownJob).RequireScope(Scopes.Read);
        group.MapGet("/{id}/events", Events).WithName("followSegmentation").Fails(ErrorCode.UnknownJob).DisableRequestTimeout().RequireScope(Scopes.Read);
        group.MapGet("/{id}/result", Result).WithName("getSegmentationResult")
            .Fails([ErrorCode.MalformedRequest, ErrorCode.UnknownJob, ErrorCode.NotAcceptable, ErrorCode.JobNotFinished, ErrorCode.JobCancelled, ErrorCode.StoreUnavailable, .. JobCodes]).DisableRequestTimeout()
            .RequireScope(Scopes.Read).WithMetadata(new Audited());
        group.MapPost("/{id}/delivery", Deliver).WithName("deliverSegmentation").Produces<JobDocument>(StatusCodes.Status202Accepted)
            .Fails(ErrorCode.MalformedRequest, ErrorCode.UnknownJob, ErrorCode.JobNotFinished).RequireScope(Scopes.Pacs);
        group.MapDelete("/{id}", Delete).WithName("deleteSegmentation").Produces(StatusCodes.Status204NoContent).Fails(ErrorCode.UnknownJob)
            .RequireScope(Scopes.Segment);
    }

    /// <summary>Segments an image</summary>
    /// <remarks>
    /// Send the image as form part `image`, or as the body with `?model=` and `?options=`. A DICOM series comes as a zip archive, as many parts
    /// `image`, or as `multipart/related; type="application/dicom"`, and is answered with a DICOM segmentation. Waits up to 20 s (`Prefer: wait=N`) and answers 201
    /// with the result, by default in the image's kind of file; a longer job answers 202 with its address. A job that fails while the request
    /// waits answers with its problem, whose `instance` is the job. A client that goes away does not end an accepted job.
    /// </remarks>
    private static Task Submit(HttpContext context, [FromServices] JobSubmission submission, [FromServices] SubmissionAnswers answers) =>
        answers.WriteAsync(context, id => submission.AcceptAsync(context, id));

    /// <summary>Lists your jobs, newest first; for administrators everyone's</summary>
    /// <param name="context">The request.</param>
    /// <param name="store">The job store.</param>
    /// <param name="documents">Makes the answer.</param>
    /// <param name="addresses">Addresses of the service.</param>
    /// <param name="state">Only jobs of this state: queued, running, succeeded, failed, cancelled, dead-lettered.</param>
    /// <param name="limit">Most jobs of the page, 1 to 200; default 50.</param>
    /// <param name="cursor">From `next` of the page before.</param>
    private static async Task<JsonHttpResult<JobListDocument>> List(
        HttpContext context, [FromServices] JobStore store, [FromServices] JobDocuments documents, [FromServices] Addresses addresses, string? state, int? limit, string? cursor)
    {
        int size = limit ?? DefaultPage;
        if (size is < 1 or > LargestPage)
            throw new SegmentationException(ErrorCode.MalformedRequest, $"limit must be between 1 and {LargestPage}.");
        long? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!long.TryParse(cursor, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long sequence) || sequence < 0)
                throw new SegmentationException(ErrorCode.MalformedRequest, "cursor must come from 'next' of the page before.");
            before = sequence;
        }
        JobState? only = string.IsNullOrEmpty(state) ? null : State(state);
        JobPage page = await store.ListAsync(Caller.Sees(context.User), only, before, size, context.RequestAborted).ConfigureAwait(false);
        List<JobDocument> items = [];
        foreach (JobRecord job in page.Jobs) items.Add(await documents.DescribeAsync(job, false, context.RequestAborted).ConfigureAwait(false));
        string? next = page.Next is { } last ? addresses.Jobs(size, last, only) : null;
        return TypedResults.Json(new JobListDocument(items, next), ApiJson.Options);
    }

    /// <summary>Shows a job: state, phase, percent, queue place, report</summary>
    /// <param name="context">The request.</param>
    /// <param name="documents">Makes the answer.</param>
    /// <param name="id">Id of the job.</param>
    private static async Task<JsonHttpResult<JobDocument>> Get(HttpContext context, [FromServices] JobDocuments documents, string id)
    {
        JobRecord job = await documents.FindAsync(id, Caller.Sees(context.User), context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(await documents.DescribeAsync(job, true, context.RequestAborted).ConfigureAwait(false), ApiJson.Options);
    }

    /// <summary>Follows a job as server-sent events</summary>
    /// <param name="context">The request.</param>
    /// <param name="events">Writes the events.</param>
    /// <param name="id">Id of the job.</param>
    private static Task Events(HttpContext context, [FromServices] EventStream events, string id) =>
        events.WriteAsync(context, id, Caller.Sees(context.User));

    /// <summary>Fetches a job's result</summary>
    /// <param name="context">The request.</param>
    /// <param name="documents">Finds the job.</param>
    /// <param name="results">Writes the answer.</param>
    /// <param name="formats">Chooses the kind of answer.</param>
    /// <param name="id">Id of the job.</param>
    /// <param name="format">Kind of result: dcm, seg-labelmap, seg-labelmap-rle, seg-labelmap-deflate, seg-regions, rtstruct, sr, overlay, nii.gz, nii, nrrd, mha, png, json or zip; goes before Accept.</param>
    /// <param name="output">labels, or a map of uncertainty or probability that option `outputs` asked for, as NIfTI or (of a DICOM series, dcm) fractional segmentation: entropy, variance, disagreement, mutual-information, probability.</param>
    private static async Task Result(
        HttpContext context, [FromServices] JobDocuments documents, [FromServices] JobResults results, [FromServices] ResultFormats formats,
        string id, string? format, string? output)
    {
        string wanted = ResultOutputs.Parse(output);
        JobRecord job = await documents.FindAsync(id, Caller.Sees(context.User), context.RequestAborted).ConfigureAwait(false);
        IResultEncoder encoder = wanted == ResultOutputs.Labels
            ? formats.Choose(format, context.Request.Headers.Accept, job.InputKind)
            : formats.ChooseMap(format, context.Request.Headers.Accept, job.InputKind);
        await results.WriteAsync(context, job, encoder, StatusCodes.Status200OK, wanted).ConfigureAwait(false);
    }

    /// <summary>Delivers a result to its PACS again</summary>
    /// <remarks>For a delivery that was given up, or that the PACS has lost. The same object is sent; a PACS that has it already keeps it once.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="documents">Finds the job.</param>
    /// <param name="deliveries">The outbox.</param>
    /// <param name="worker">Sends it.</param>
    /// <param name="id">Id of the job.</param>
    private static async Task<JsonHttpResult<JobDocument>> Deliver(
        HttpContext context, [FromServices] JobDocuments documents, [FromServices] DeliveryStore deliveries, [FromServices] DeliveryWorker worker, string id)
    {
        JobRecord job = await documents.FindAsync(id, Caller.Sees(context.User), context.RequestAborted).ConfigureAwait(false);
        if (job.DeliverTo is null)
            throw new SegmentationException(ErrorCode.MalformedRequest, "The job has no PACS to deliver to; only jobs of POST /v1/pacs/{name}/segmentations with 'store' have.");
        if (!await deliveries.RestartAsync(job, context.RequestAborted).ConfigureAwait(false))
            throw new SegmentationException(ErrorCode.JobNotFinished, "The job has no result to deliver; wait until it has succeeded.");
        worker.Wake();
        job = await documents.FindAsync(id, job.Owner, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Json(
            await documents.DescribeAsync(job, false, context.RequestAborted).ConfigureAwait(false), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Cancels a job and removes its image and result</summary>
    /// <remarks>A running job stops at its next patch. Afterwards the job is unknown.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="store">The job store.</param>
    /// <param name="signal">Stops the worker.</param>
    /// <param name="cleanup">Removes files and row.</param>
    /// <param name="notifier">Tells who waits.</param>
    /// <param name="id">Id of the job.</param>
    private static async Task<NoContent> Delete(
        HttpContext context, [FromServices] JobStore store, [FromServices] JobSignal signal, [FromServices] JobCleanup cleanup,
        [FromServices] JobNotifier notifier, string id)
    {
        // What was begun is finished, whether the client waits or not.
        JobRecord? job = JobId.IsValid(id) ? await store.DeleteAsync(id, Caller.Sees(context.User), CancellationToken.None).ConfigureAwait(false) : null;
        if (job is null) throw JobDocuments.Unknown();
        if (!signal.TryStop(id)) await cleanup.RemoveAsync(id).ConfigureAwait(false);
        if (!job.State.IsFinal()) notifier.Publish(id, new JobLive(JobState.Cancelled, null, 0));
        return TypedResults.NoContent();
    }

    private static JobState State(string text) => JobStates.Parse(text) ?? throw new SegmentationException(ErrorCode.MalformedRequest,
        $"state must be one of {string.Join(", ", Enum.GetValues<JobState>().Select(JobStates.Spelling))}.");
}
