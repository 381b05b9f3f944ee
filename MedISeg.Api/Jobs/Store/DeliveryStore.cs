using Microsoft.EntityFrameworkCore;

namespace MedISeg.Api.Jobs.Store;

/// <summary>The outbox: results that archives shall have. A job and its delivery are one row, so that neither is there without the other.</summary>
internal sealed class DeliveryStore(IDbContextFactory<JobDbContext> contexts, TimeProvider time)
{
    /// <summary>Deliveries to an archive that are due, oldest first.</summary>
    /// <param name="archive">Name of the archive.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<JobRecord>> DueAsync(string archive, int most, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            DateTimeOffset now = time.GetUtcNow();
            return await db.Jobs.AsNoTracking()
                .Where(j => j.Delivery == DeliveryState.Pending && j.DeliverAt <= now && j.DeliverTo == archive && !j.Deleted)
                .OrderBy(j => j.DeliverAt).Take(most).ToListAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Names of the archives that a delivery waits for.</summary>
    public async Task<IReadOnlyList<string>> WaitedForAsync(CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await db.Jobs.Where(j => j.Delivery == DeliveryState.Pending).Select(j => j.DeliverTo!).Distinct()
                .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that the archive has the result.</summary>
    public async Task SucceedAsync(JobRecord job, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        await using (db.ConfigureAwait(false))
            await Pending(db, job).ExecuteUpdateAsync(set => set
                .SetProperty(j => j.Delivery, DeliveryState.Delivered)
                .SetProperty(j => j.DeliveryAttempts, j => j.DeliveryAttempts + 1)
                .SetProperty(j => j.DeliverAt, (DateTimeOffset?)null)
                .SetProperty(j => j.DeliveredAt, now)
                .SetProperty(j => j.DeliveryFailure, (string?)null), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a delivery failed.</summary>
    /// <param name="job">As read.</param>
    /// <param name="failure">Why.</param>
    /// <param name="again">When it is tried again; null: not any more.</param>
    /// <param name="cancellationToken">Ends the update.</param>
    public async Task FailAsync(JobRecord job, JobFailure failure, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        string json = failure.ToJson();
        DeliveryState state = again is null ? DeliveryState.DeadLettered : DeliveryState.Pending;
        await using (db.ConfigureAwait(false))
            await Pending(db, job).ExecuteUpdateAsync(set => set
                .SetProperty(j => j.Delivery, state)
                .SetProperty(j => j.DeliveryAttempts, j => j.DeliveryAttempts + 1)
                .SetProperty(j => j.DeliverAt, again)
                .SetProperty(j => j.DeliveryFailure, json), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a delivery anew: one that was given up, one that waits for its next try, or one that was done, as after a loss in the
    /// archive.</summary>
    /// <returns>Whether the job has a delivery.</returns>
    public async Task<bool> RestartAsync(JobRecord job, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        await using (db.ConfigureAwait(false))
            return await db.Jobs.Where(j => j.Sequence == job.Sequence && j.Delivery != null && !j.Deleted).ExecuteUpdateAsync(set => set
                .SetProperty(j => j.Delivery, DeliveryState.Pending)
                .SetProperty(j => j.DeliveryAttempts, 0)
                .SetProperty(j => j.DeliverAt, now)
                .SetProperty(j => j.DeliveredAt, (DateTimeOffset?)null), cancellationToken).ConfigureAwait(false) == 1;
    }

    private static IQueryable<JobRecord> Pending(JobDbContext db, JobRecord job) =>
        db.Jobs.Where(j => j.Sequence == job.Sequence && j.Delivery == DeliveryState.Pending && j.DeliveryAttempts == job.DeliveryAttempts);
}
