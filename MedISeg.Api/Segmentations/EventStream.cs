using System.Text;
using System.Text.Json;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Segmentations;

/// <summary>
/// Tells a client what its job does, as server-sent events: <c>state</c> at first and at every change of state, <c>progress</c> while it runs,
/// <c>done</c> with the whole job at the end. A client that reconnects starts with the state at that moment.
/// </summary>
internal sealed class EventStream(
    JobStore store, JobNotifier notifier, JobDocuments documents, IOptions<JobOptions> options, IHostApplicationLifetime lifetime)
{
    /// <summary>Writes events until the job is final, the client goes away or the service stops.</summary>
    /// <param name="context">The response must not have started.</param>
    /// <param name="id">A job that the caller sees.</param>
    /// <param name="owner">The caller; null: jobs of all.</param>
    public async Task WriteAsync(HttpContext context, string id, string? owner)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using JobSubscription subscription = notifier.Subscribe(id);
        JobRecord job = await documents.FindAsync(id, owner, end.Token).ConfigureAwait(false);
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Asks reverse proxies not to hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        JobEventDocument? last = null;
        try
        {
            while (true)
            {
                Task changed = subscription.Changed;
                JobEventDocument now = await NowAsync(job, subscription.Current, end.Token).ConfigureAwait(false);
                if (now != last)
                    await SendAsync(response, now.State == last?.State ? "progress" : "state", now, end.Token).ConfigureAwait(false);
                last = now;
                if (now.State.IsFinal())
                {
                    await SendDoneAsync(response, job, now, owner, end.Token).ConfigureAwait(false);
                    return;
                }
                if (!await ChangesAsync(changed, end.Token).ConfigureAwait(false))
                    await WriteAsync(response, ": still here\n\n", end.Token).ConfigureAwait(false);
                // While a worker of this process has the job, its word is newer than the row.
                if (subscription.Current is not { State: JobState.Running })
                    job = await store.FindAsync(id, owner, end.Token).ConfigureAwait(false) ?? Deleted(job);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The stream ends; the client reconnects and goes on after the restart.
        }
    }

    private async Task<JobEventDocument> NowAsync(JobRecord job, JobLive? live, CancellationToken cancellationToken)
    {
        if (live is { State: JobState.Running } && !job.State.IsFinal()) return new JobEventDocument(live.State, live.Phase, live.Percent, null, live.Stage);
        int? place = job.State == JobState.Queued ? await store.QueuePlaceAsync(job, cancellationToken).ConfigureAwait(false) : null;
        return new JobEventDocument(job.State, job.Phase, job.Percent, place);
    }

    private async Task<bool> ChangesAsync(Task changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(options.Value.Heartbeat, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task SendDoneAsync(HttpResponse response, JobRecord job, JobEventDocument now, string? owner, CancellationToken cancellationToken)
    {
        JobRecord final = await store.FindAsync(job.Id, owner, cancellationToken).ConfigureAwait(false) ?? job;
        final.State = now.State;
        await SendAsync(response, "done", await documents.DescribeAsync(final, true, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private static JobRecord Deleted(JobRecord job)
    {
        job.State = JobState.Cancelled;
        job.Phase = null;
        return job;
    }

    private static Task SendAsync<T>(HttpResponse response, string name, T value, CancellationToken cancellationToken) =>
        WriteAsync(response, $"event: {name}\ndata: {JsonSerializer.Serialize(value, ApiJson.Options)}\n\n", cancellationToken);

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
