using System.Diagnostics;
using MedISeg.Api.Auth;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>
/// Where several processes share a store: says that the jobs of this one are alive, stops those that it has lost, and takes over those of
/// processes that are not heard of. A worker that was taken for dead cannot publish: its token is an old one.
/// </summary>
internal sealed class JobLeases(
    LeaseStore store, JobSignal signal, Dispatcher dispatcher, AuditTrail audit, IOptions<DataOptions> data, IOptions<JobOptions> options, TimeProvider time,
    ILogger<JobLeases> logger) : BackgroundService
{
    /// <summary>Renewals a lease.</summary>
    private const int Renewals = 3;

    private long _answersSince = time.GetTimestamp();

    private TimeSpan Turn => options.Value.Lease / Renewals;

    /// <summary>Renews, and takes over. After the store was away nobody could renew: then others have the time of a lease to do it.</summary>
    private async Task SweepAsync()
    {
        long start = time.GetTimestamp();
        foreach (JobRecord job in signal.Running())
            if (!store.Renew(job)) signal.TryStop(job.Id);
        bool expired = store.HasExpired();
        // The store asks again for a while when its server is away.
        if (time.GetElapsedTime(start) > Turn) _answersSince = time.GetTimestamp();
        if (!expired || time.GetElapsedTime(_answersSince) < options.Value.Lease) return;
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        (IReadOnlyList<JobRecord> queued, IReadOnlyList<JobRecord> deadLettered) = store.Recover(trace, expired: true);
        await audit.DeadLetteredAsync([.. deadLettered.Select(job => job.Id)], trace).ConfigureAwait(false);
        foreach (JobRecord job in queued) dispatcher.Announce(job);
        foreach (JobRecord job in deadLettered) dispatcher.GiveUp(job, ErrorCode.JobAbandoned);
        if (queued.Count > 0) signal.Wake();
        if (queued.Count + deadLettered.Count > 0) Log.JobsTakenOver(logger, queued.Count, deadLettered.Count);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Value.Postgres is null) return;
        using PeriodicTimer timer = new(Turn, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await TrySweepAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The service stops; what its worker puts back needs no lease.
        }
    }

    private async Task TrySweepAsync()
    {
        try
        {
            await SweepAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The next turn tries again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _answersSince = time.GetTimestamp();
            Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
        }
    }
}
