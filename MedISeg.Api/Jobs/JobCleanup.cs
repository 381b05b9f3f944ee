using MedISeg.Api.Auth;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Routing;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Removes jobs whose retention ended, and what crashes left behind.</summary>
internal sealed class JobCleanup(
    JobStore store, NotificationStore notifications, JobFiles files, JobArtifacts artifacts, JobSignal signal, AuditTrail audit, IOptions<JobOptions> options, IOptions<RoutingOptions> routing,
    TimeProvider time, ILogger<JobCleanup> logger) : BackgroundService
{
    /// <summary>A folder without a row may belong to a request that is about to write its row; after this long it does not.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    /// <summary>How often artifacts that are kept elsewhere are listed, where no quota asks for it at each sweep.</summary>
    private static readonly TimeSpan BetweenSurveys = TimeSpan.FromHours(1);

    private DateTimeOffset? _surveyed;

    /// <summary>Removes what is due now.</summary>
    /// <returns>Number of jobs removed.</returns>
    public async Task<int> SweepAsync()
    {
        int removed = 0;
        foreach ((string id, bool isDeleted) in store.Removable())
        {
            // A worker that still has a deleted job removes it itself.
            if (signal.TryStop(id) || !await RemoveFilesAsync(id).ConfigureAwait(false)) continue;
            // Before the row is gone: no job goes that the trail does not know.
            if (!isDeleted) await audit.AppendAsync(new AuditEntry(AuditEntry.Service, "expireJob", id, null, null, "")).ConfigureAwait(false);
            store.Remove(id);
            removed++;
        }
        // They ended with their process, when nobody could.
        foreach (string id in store.DeadLettered()) await TryAsync(() => artifacts.EndInputAsync(id)).ConfigureAwait(false);
        notifications.Forget();
        store.ForgetRouted(time.GetUtcNow() - routing.Value.Memory);
        files.DropUploadsBefore(time.GetUtcNow() - OrphanAge);
        if (!await TryAsync(RemoveOrphansAsync).ConfigureAwait(false)) _surveyed = null;
        return removed;
    }

    /// <summary>Removes what belongs to no job, and measures the rest.</summary>
    private async Task RemoveOrphansAsync()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (artifacts.IsApart && !artifacts.HasQuota && now - _surveyed < BetweenSurveys) return;
        _surveyed = now;
        IReadOnlyList<string> old = await artifacts.SurveyAsync(now - OrphanAge).ConfigureAwait(false);
        foreach (string[] some in old.Chunk(500))
        {
            IReadOnlySet<string> existing = store.Existing(some);
            foreach (string orphan in some.Where(id => !existing.Contains(id))) await RemoveFilesAsync(orphan).ConfigureAwait(false);
        }
    }

    /// <summary>Removes the files and the row of a job that no worker has. Where the files cannot go, the row stays for the next sweep.</summary>
    /// <returns>Whether all of it is gone.</returns>
    public async Task<bool> RemoveAsync(string id)
    {
        if (!await RemoveFilesAsync(id).ConfigureAwait(false)) return false;
        store.Remove(id);
        return true;
    }

    /// <summary>Removes the files of what is no job.</summary>
    public Task<bool> RemoveFilesAsync(string id) => TryAsync(() => artifacts.RemoveAsync(id));

    /// <summary>One folder that cannot be removed shall not keep the others.</summary>
    private async Task<bool> TryAsync(Func<Task> remove)
    {
        try
        {
            await remove().ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SegmentationException)
        {
            Log.CleanupFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            return false;
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(options.Value.CleanupInterval, time);
        do
        {
            try
            {
                int removed = await SweepAsync().ConfigureAwait(false);
                if (removed > 0) Log.JobsRemoved(logger, removed);
            }
#pragma warning disable CA1031 // The next sweep tries again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.CleanupFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            }
        }
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
