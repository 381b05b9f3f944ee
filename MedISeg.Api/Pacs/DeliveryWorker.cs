using System.Diagnostics;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Auth;
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
    PacsDirectory archives, DeliveryStore store, JobArtifacts artifacts, AuditTrail audit, ClusterLink cluster, IOptions<PacsOptions> options, ServiceMetrics metrics, TimeProvider time,
    ILogger<DeliveryWorker> logger) : OutboxWorker(cluster, time, logger)
{
    /// <inheritdoc />
    protected override async Task<IEnumerable<string>> ReceiversAsync(CancellationToken cancellationToken)
    {
        foreach (string archive in archives.Names) metrics.Serves(archive);
        return archives.Names.Union(await store.WaitedForAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    protected override async Task<bool> SendDueAsync(string receiver, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobRecord> due = await store.DueAsync(receiver, Batch, cancellationToken).ConfigureAwait(false);
        foreach (JobRecord job in due) await DeliverAsync(receiver, job, cancellationToken).ConfigureAwait(false);
        return due.Count > 0;
    }

    private async Task DeliverAsync(string archive, JobRecord job, CancellationToken stoppingToken)
    {
        using Activity activity = Tracing.Root("delivery").SetTag("mediseg.pacs", archive);
        int attempt = job.DeliveryAttempts + 1;
        JobFailure? failure = null;
        try
        {
            using BorrowedResult result = await artifacts.OpenResultAsync(job.Id, job.Token, stoppingToken).ConfigureAwait(false);
            string path = Path.Combine(result.Folder, ResultArtifacts.Dicom);
            StoreOutcome outcome = await archives.Find(archive).StoreAsync([path], stoppingToken).ConfigureAwait(false);
            if (outcome.Failures.Count > 0)
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
            Log.WorkerFailed(Logger, e.GetType().Name, e.StackTrace ?? "");
            failure = new JobFailure(ErrorCode.Internal, null, activity.Id!, []);
        }
        if (failure is null)
        {
            await store.SucceedAsync(job, stoppingToken).ConfigureAwait(false);
            metrics.Delivered(archive, DeliveryState.Delivered);
            Log.Delivered(Logger, archive, attempt);
            await audit.AppendAsync(new AuditEntry(AuditEntry.Service, "deliver", job.Id, archive, null, activity.Id!)).ConfigureAwait(false);
            return;
        }
        bool giveUp = attempt >= options.Value.DeliveryAttempts;
        activity.SetStatus(ActivityStatusCode.Error);
        metrics.Delivered(archive, giveUp ? DeliveryState.DeadLettered : DeliveryState.Pending);
        if (giveUp) Log.DeliveryGivenUp(Logger, archive, attempt, failure.Code);
        else Log.DeliveryFailed(Logger, archive, attempt, failure.Code);
        DateTimeOffset? again = giveUp ? null : Time.GetUtcNow() + Wait(attempt, options.Value.FirstRedelivery, options.Value.LongestRedelivery);
        await store.FailAsync(job, failure, again, stoppingToken).ConfigureAwait(false);
        if (giveUp) await audit.AppendAsync(new AuditEntry(AuditEntry.Service, "giveUpDelivery", job.Id, archive, null, activity.Id!)).ConfigureAwait(false);
    }
}
