using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Api.Results;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Segmentations;

/// <summary>Answers a request that starts a job: with its result where that is there in time, else with the job.</summary>
internal sealed class SubmissionAnswers(
    JobNotifier notifier, JobStore store, JobDocuments documents, JobResults results, ResultFormats formats, IOptions<JobOptions> options,
    Addresses addresses, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Accepts a job, waits as long as the request wants, and answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="accept">Makes the job of this id.</param>
    public async Task WriteAsync(HttpContext context, Func<string, Task<JobRecord>> accept)
    {
        Preferences preferences = Preferences.Parse(context.Request.Headers["Prefer"], options.Value.DefaultWait, options.Value.MaxWait);
        string id = JobId.New();
        using JobSubscription subscription = notifier.Subscribe(id);
        JobRecord job = await accept(id).ConfigureAwait(false);

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        bool ended = preferences.Wait > TimeSpan.Zero && await subscription.WaitForEndAsync(preferences.Wait, time, stop.Token).ConfigureAwait(false);
        context.RequestAborted.ThrowIfCancellationRequested();
        context.Response.Headers.Location = addresses.Job(id);
        if (preferences.Applied is { } applied) context.Response.Headers["Preference-Applied"] = applied;
        JobRecord? now = await store.FindAsync(id, job.Owner, context.RequestAborted).ConfigureAwait(false);
        if (now is null)
        {
            // Deleted by another request of the same caller.
            await ProblemResponse.WriteAsync(context, ErrorCode.JobCancelled, JobResults.Cancelled().Message, addresses.Job(id)).ConfigureAwait(false);
            return;
        }
        if (ended && now.State.IsFinal())
        {
            await WriteResultAsync(context, now).ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        JobDocument document = await documents.DescribeAsync(now, true, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(document, ApiJson.Options, "application/json", context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers with the result. Only now may it show that a DICOM image has no place in the patient, and thus another kind of result.</summary>
    private async Task WriteResultAsync(HttpContext context, JobRecord job)
    {
        IResultEncoder encoder;
        try
        {
            encoder = formats.Choose(context.Request.Query["format"], context.Request.Headers.Accept, job.InputKind);
        }
        catch (SegmentationException failure)
        {
            // The job is there all the same, and has other results.
            await ProblemResponse.WriteAsync(context, failure.Code, failure.Message, addresses.Job(job.Id)).ConfigureAwait(false);
            return;
        }
        try
        {
            await results.WriteAsync(context, job, encoder, StatusCodes.Status201Created).ConfigureAwait(false);
        }
        catch (SegmentationException failure) when (!context.Response.HasStarted && failure.Code is (ErrorCode.StoreUnavailable or ErrorCode.ArtifactUnreadable))
        {
            // Likewise: sent again, it would run twice.
            await ProblemResponse.WriteAsync(context, failure.Code, failure.Message, addresses.Job(job.Id)).ConfigureAwait(false);
        }
    }
}
