using System.Diagnostics;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Results;
using MedISeg.Api.Telemetry;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Pacs;

/// <summary>Empties the outbox: sends results to their archives until each has been taken or given up, one at a time to an archive. What was
/// not confirmed before a stop is sent again, the same bytes.</summary>
internal sealed class DeliveryWorker(
    PacsDirectory archives, DeliveryStore store, JobArtifacts artifacts, ClusterLink cluster, IOptions<PacsOptions> options, ServiceMetrics metrics, TimeProvider time,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    private const int Batch = 20;

    /// <summary>Longest sleep: a retry may be due, or another process may have added a delivery.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private volatile TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Says that there is a delivery.</summary>
    public void Wake()
    {
        TaskCompletionSource woken = _woken;
        _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // An archive that was taken out of the configuration has its deliveries fail, visibly.
        IReadOnlyList<string> waitedFor = await store.WaitedForAsync(stoppingToken).ConfigureAwait(false);
        foreach (string archive in archives.Names) metrics.Serves(archive);
        await Task.WhenAll(archives.Names.Union(waitedFor).Select(archive => ServeAsync(archive, stoppingToken))).ConfigureAwait(false);
    }

    private async Task ServeAsync(string archive, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = _woken.Task;
            try
            {
                IReadOnlyList<JobRecord> due = !cluster.IsLeader ? [] : await store.DueAsync(archive, Batch, stoppingToken).ConfigureAwait(false);
                foreach (JobRecord job in due) await DeliverAsync(archive, job, stoppingToken).ConfigureAwait(false);
                if (due.Count > 0) continue;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The outbox must outlive a store that fails for a while.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            }
            await Task.WhenAny(woken, Task.Delay(Poll, time, stoppingToken)).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(string archive, JobRecord job, CancellationToken stoppingToken)
    {
        using Activity activity = Tracing.Root("delivery").SetTag("mediseg.pacs", archive);
        int attempt = job.DeliveryAttempts + 1;
        JobFailure failure;
        try
        {
            using BorrowedResult result = await artifacts.OpenResultAsync(job.Id, job.Token, stoppingToken).ConfigureAwait(false);
            string path = Path.Combine(result.Folder, ResultArtifacts.Dicom);
            StoreOutcome outcome = await archives.Find(archive).StoreAsync([path], stoppingToken).ConfigureAwait(false);
            if (outcome.Failures.Count == 0)
            {
                await store.SucceedAsync(job, stoppingToken).ConfigureAwait(false);
                metrics.Delivered(archive, DeliveryState.Delivered);
                Log.Delivered(logger, archive, attempt);
                return;
            }
            failure = new JobFailure(ErrorCode.PacsFailed,
                $"The PACS did not take the result (failure reason {outcome.Failures[0].Reason}); its log says more.", activity.Id!, []);
        }
        catch (SegmentationException e)
        {
            failure = new JobFailure(e.Code, e.Message, activity.Id!, []);
        }
        catch (IOException e)
        {
            // Gone with its job, or the disk fails.
            Log.WorkerFailed(logger, e.GetType().Name, e.StackTrace ?? "");
            failure = new JobFailure(ErrorCode.Internal, null, activity.Id!, []);
        }
        bool giveUp = attempt >= options.Value.DeliveryAttempts;
        activity.SetStatus(ActivityStatusCode.Error);
        metrics.Delivered(archive, giveUp ? DeliveryState.DeadLettered : DeliveryState.Pending);
        if (giveUp) Log.DeliveryGivenUp(logger, archive, attempt, failure.Code);
        else Log.DeliveryFailed(logger, archive, attempt, failure.Code);
        await store.FailAsync(job, failure, giveUp ? null : time.GetUtcNow() + Wait(attempt), stoppingToken).ConfigureAwait(false);
    }

    private TimeSpan Wait(int attempt)
    {
        double seconds = options.Value.FirstRedelivery.TotalSeconds * Math.Pow(2, attempt - 1);
        return seconds < options.Value.LongestRedelivery.TotalSeconds ? TimeSpan.FromSeconds(seconds) : options.Value.LongestRedelivery;
    }
}
