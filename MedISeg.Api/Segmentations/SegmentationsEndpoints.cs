using System.Globalization;
using System.Text.Json;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Api.Results;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Segmentations;

/// <summary>Segmentation jobs.</summary>
internal static class SegmentationsEndpoints
{
    private const int DefaultPage = 50, LargestPage = 200;

    /// <summary>Maps <c>/v1/segmentations</c>.</summary>
    public static void MapSegmentations(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/segmentations").WithTags("Segmentations");
        group.MapPost("", Submit).WithName("submitSegmentation")
            .WithMetadata(new DisableRequestSizeLimitAttribute()).DisableRequestTimeout();
        group.MapGet("", List).WithName("listSegmentations");
        group.MapGet("/{id}", Get).WithName("getSegmentation");
        group.MapGet("/{id}/events", Events).WithName("followSegmentation").DisableRequestTimeout();
        group.MapGet("/{id}/result", Result).WithName("getSegmentationResult").DisableRequestTimeout();
        group.MapDelete("/{id}", Delete).WithName("deleteSegmentation");
    }

    private static async Task Submit(
        HttpContext context, [FromServices] JobSubmission submission, [FromServices] JobNotifier notifier, [FromServices] JobStore store,
        [FromServices] JobDocuments documents, [FromServices] JobResults results, [FromServices] IOptions<JobOptions> options,
        [FromServices] IHostApplicationLifetime lifetime, [FromServices] TimeProvider time)
    {
        Preferences preferences = Preferences.Parse(context.Request.Headers["Prefer"], options.Value.DefaultWait, options.Value.MaxWait);
        string id = JobId.New();
        using JobSubscription subscription = notifier.Subscribe(id);
        (JobRecord job, IResultEncoder encoder) = await submission.AcceptAsync(context, id).ConfigureAwait(false);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        bool ended = preferences.Wait > TimeSpan.Zero && await subscription.WaitForEndAsync(preferences.Wait, time, stop.Token).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        context.Response.Headers.Location = context.Request.PathBase + JobDocuments.Address(id);
        if (preferences.Applied is { } applied) context.Response.Headers["Preference-Applied"] = applied;
        JobRecord? now = await store.FindAsync(id, job.Owner, context.RequestAborted).ConfigureAwait(false);
        if (now is null)
        {
            // Deleted by another request of the same caller.
            await ProblemResponse.WriteAsync(context, ErrorCode.JobCancelled, JobResults.Cancelled().Message, JobDocuments.Address(id)).ConfigureAwait(false);
            return;
        }
        if (ended && now.State.IsFinal())
        {
            await results.WriteAsync(context, now, encoder, StatusCodes.Status201Created).ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        JobDocument document = await documents.DescribeAsync(now, true, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(document, ApiJson.Options, "application/json", context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<IResult> List(
        HttpContext context, [FromServices] JobStore store, [FromServices] JobDocuments documents, string? state, int? limit, string? cursor)
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
        JobPage page = await store.ListAsync(Caller.Of(context.User), only, before, size, context.RequestAborted).ConfigureAwait(false);
        List<JobDocument> items = [];
        foreach (JobRecord job in page.Jobs) items.Add(await documents.DescribeAsync(job, false, context.RequestAborted).ConfigureAwait(false));
        string? next = page.Next is null ? null : string.Create(CultureInfo.InvariantCulture,
            $"/v1/segmentations?limit={size}&cursor={page.Next:x}{(only is null ? "" : "&state=" + Spelling(only.Value))}");
        return Results.Json(new JobListDocument(items, next), ApiJson.Options);
    }

    private static async Task<IResult> Get(HttpContext context, [FromServices] JobDocuments documents, string id)
    {
        JobRecord job = await documents.FindAsync(id, Caller.Of(context.User), context.RequestAborted).ConfigureAwait(false);
        return Results.Json(await documents.DescribeAsync(job, true, context.RequestAborted).ConfigureAwait(false), ApiJson.Options);
    }

    private static Task Events(HttpContext context, [FromServices] EventStream events, string id) =>
        events.WriteAsync(context, id, Caller.Of(context.User));

    private static async Task Result(
        HttpContext context, [FromServices] JobDocuments documents, [FromServices] JobResults results, [FromServices] ResultFormats formats,
        string id, string? format)
    {
        JobRecord job = await documents.FindAsync(id, Caller.Of(context.User), context.RequestAborted).ConfigureAwait(false);
        IResultEncoder encoder = formats.Choose(format, context.Request.Headers.Accept, job.InputKind);
        await results.WriteAsync(context, job, encoder, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private static async Task<IResult> Delete(
        HttpContext context, [FromServices] JobStore store, [FromServices] JobSignal signal, [FromServices] JobFiles files,
        [FromServices] JobNotifier notifier, string id)
    {
        // What was begun is finished, whether the client waits or not.
        JobRecord? job = JobId.IsValid(id) ? await store.DeleteAsync(id, Caller.Of(context.User), CancellationToken.None).ConfigureAwait(false) : null;
        if (job is null) throw JobDocuments.Unknown();
        if (!signal.TryStop(id))
        {
            files.RemoveJob(id);
            store.Remove(id);
        }
        if (!job.State.IsFinal()) notifier.Publish(id, new JobLive(JobState.Cancelled, null, 0));
        return Results.NoContent();
    }

    private static JobState State(string text)
    {
        foreach (JobState state in Enum.GetValues<JobState>())
            if (Spelling(state) == text) return state;
        throw new SegmentationException(ErrorCode.MalformedRequest,
            $"state must be one of {string.Join(", ", Enum.GetValues<JobState>().Select(Spelling))}.");
    }

    private static string Spelling(JobState state) => JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}
