using MedISeg.Imaging.Errors;
using Microsoft.EntityFrameworkCore;

namespace MedISeg.Api.Jobs.Store;

/// <summary>The outbox of the webhooks.</summary>
internal sealed class NotificationStore(IDbContextFactory<JobDbContext> contexts, TimeProvider time)
{
    /// <summary>Makes the notifications of a job due that want to hear of its end; in the transaction that ends it.</summary>
    public static void Raise(JobDbContext db, string job, JobState state, ErrorCode? code, DateTimeOffset now)
    {
        string spelling = state.Spelling();
        db.Notifications.Where(n => n.JobId == job && n.Delivery == null && n.Events.Contains(spelling)).ExecuteUpdate(set => set
            .SetProperty(n => n.State, state)
            .SetProperty(n => n.Code, code)
            .SetProperty(n => n.FinishedAt, now)
            .SetProperty(n => n.Delivery, DeliveryState.Pending)
            .SetProperty(n => n.DueAt, now));
    }

    /// <summary>Notifications of a target that are due, oldest first.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<NotificationRecord>> DueAsync(string target, int most, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        await using (db.ConfigureAwait(false))
            return await db.Notifications.AsNoTracking().Where(n => n.Delivery == DeliveryState.Pending && n.DueAt <= now && n.Target == target)
                .OrderBy(n => n.DueAt).Take(most).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Names of the targets that a notification waits for.</summary>
    public async Task<IReadOnlyList<string>> WaitedForAsync(CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await db.Notifications.Where(n => n.Delivery == DeliveryState.Pending).Select(n => n.Target).Distinct()
                .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notifications of a job, by the names of their targets.</summary>
    public async Task<IReadOnlyList<NotificationRecord>> OfJobAsync(string job, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await db.Notifications.AsNoTracking().Where(n => n.JobId == job).OrderBy(n => n.Target).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a try: of several processes one has it.</summary>
    /// <param name="notification">As read; its attempts are counted up.</param>
    /// <param name="lease">After this long without an outcome it is tried again.</param>
    /// <param name="cancellationToken">Ends the update.</param>
    /// <returns>Whether the try is the caller's.</returns>
    public async Task<bool> TakeAsync(NotificationRecord notification, TimeSpan lease, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset until = time.GetUtcNow() + lease;
        await using (db.ConfigureAwait(false))
            if (await Pending(db, notification).ExecuteUpdateAsync(set => set.SetProperty(n => n.Attempts, n => n.Attempts + 1).SetProperty(n => n.DueAt, until), cancellationToken)
                .ConfigureAwait(false) != 1) return false;
        notification.Attempts++;
        return true;
    }

    /// <summary>Notes how a try ended.</summary>
    /// <param name="notification">As taken.</param>
    /// <param name="answer">HTTP status; null: no answer.</param>
    /// <param name="state">Delivered, dead-lettered, or pending: it is tried again.</param>
    /// <param name="again">When it is tried again; null: not any more.</param>
    /// <param name="cancellationToken">Ends the update.</param>
    public async Task EndAsync(NotificationRecord notification, int? answer, DeliveryState state, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset? deliveredAt = state == DeliveryState.Delivered ? time.GetUtcNow() : null;
        await using (db.ConfigureAwait(false))
            await Pending(db, notification).ExecuteUpdateAsync(set => set
                .SetProperty(n => n.Delivery, state)
                .SetProperty(n => n.DueAt, again)
                .SetProperty(n => n.DeliveredAt, deliveredAt)
                .SetProperty(n => n.Answer, answer), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what nobody waits for any more: notifications of jobs that are gone, but for those that are still to be delivered.</summary>
    public void Forget()
    {
        using JobDbContext db = contexts.CreateDbContext();
        db.Notifications.Where(n => (n.Delivery == null || n.Delivery != DeliveryState.Pending) && !db.Jobs.Any(j => j.Id == n.JobId)).ExecuteDelete();
    }

    private static IQueryable<NotificationRecord> Pending(JobDbContext db, NotificationRecord notification) =>
        db.Notifications.Where(n => n.Id == notification.Id && n.Delivery == DeliveryState.Pending && n.Attempts == notification.Attempts);
}
