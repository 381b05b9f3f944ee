using MedISeg.Api.Auth;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs.Store;

/// <summary>
/// Jobs in a relational database. A change of state is one conditional update that names the state it comes from and, for a worker, its
/// fencing token: of several writers exactly one wins, in this process or in another.
/// </summary>
internal sealed class JobStore(IDbContextFactory<JobDbContext> contexts, IOptions<JobOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _admission = new(1, 1);

    /// <summary>Adds a queued job unless the queue is full.</summary>
    /// <param name="job">The job.</param>
    /// <param name="routed">Remembered with it; null: nothing.</param>
    /// <param name="notifications">What webhooks shall hear of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it was added; then it is durable.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.QuotaExceeded"/>.</exception>
    public async Task<bool> TryAddAsync(JobRecord job, string? routed, IReadOnlyList<NotificationRecord> notifications, CancellationToken cancellationToken)
    {
        await _admission.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using (db.ConfigureAwait(false))
            {
                return await db.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
                    cancel => AddAsync(db, job, routed, notifications, cancel),
                    // A commit whose answer was lost.
                    cancel => db.Jobs.AnyAsync(j => j.Id == job.Id, cancel), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _admission.Release();
        }
    }

    /// <summary>Whether a series was routed by a rule already.</summary>
    public async Task<bool> WasRoutedAsync(string key, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await db.Routed.AnyAsync(r => r.Key == key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets series that were routed before a time.</summary>
    public void ForgetRouted(DateTimeOffset before)
    {
        using JobDbContext db = contexts.CreateDbContext();
        db.Routed.Where(r => r.RoutedAt < before).ExecuteDelete();
    }

    /// <summary>Refuses a caller that has as many unfinished jobs as it may.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.QuotaExceeded"/>.</exception>
    public async Task CheckQuotaAsync(string owner, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            await CheckQuotaAsync(db, owner, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the queue is full at this moment.</summary>
    public async Task<bool> IsFullAsync(CancellationToken cancellationToken) =>
        await CountQueuedAsync(cancellationToken).ConfigureAwait(false) >= options.Value.QueueLength;

    /// <summary>Number of jobs that wait.</summary>
    public async Task<int> CountQueuedAsync(CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await Queued(db).CountAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Number of jobs a state; states without jobs are absent.</summary>
    public IReadOnlyDictionary<JobState, int> CountByState()
    {
        using JobDbContext db = contexts.CreateDbContext();
        return db.Jobs.Where(j => !j.Deleted).GroupBy(j => j.State).Select(group => new { group.Key, Count = group.Count() }).ToDictionary(group => group.Key, group => group.Count);
    }

    /// <summary>Number of jobs that wait, by the queue of the broker that they belong to; queues without jobs are absent.</summary>
    public async Task<IReadOnlyDictionary<JobQueue, int>> CountByQueueAsync(CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            var counts = await Queued(db).GroupBy(j => new { j.ModelName, j.Priority }).Select(group => new { group.Key, Count = group.Count() })
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            return counts.GroupBy(one => JobQueue.Of(one.Key.ModelName, one.Key.Priority)).ToDictionary(queue => queue.Key, queue => queue.Sum(one => one.Count));
        }
    }

    /// <summary>Names of the packages that jobs wait for.</summary>
    public IReadOnlyList<string> QueuedModels()
    {
        using JobDbContext db = contexts.CreateDbContext();
        return [.. Queued(db).Select(j => j.ModelName).Distinct()];
    }

    /// <summary>A job of a caller, or where that is null of anyone; null where there is none.</summary>
    public async Task<JobRecord?> FindAsync(string id, string? owner, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await Visible(db, owner).FirstOrDefaultAsync(j => j.Id == id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Place of a queued job, from 1.</summary>
    public async Task<int> QueuePlaceAsync(JobRecord job, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            return await Queued(db).CountAsync(j => 
                j.Priority > job.Priority || j.Priority == job.Priority && (j.Turn < job.Turn || j.Turn == job.Turn && j.Sequence < job.Sequence), cancellationToken).ConfigureAwait(false) + 1;
    }

    /// <summary>A caller's jobs, newest first.</summary>
    /// <param name="owner">The caller; null: jobs of all.</param>
    /// <param name="state">Only jobs of this state; null: all.</param>
    /// <param name="before">Only jobs with a smaller sequence; null: from the newest on.</param>
    /// <param name="limit">Most jobs of the page.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<JobPage> ListAsync(string? owner, JobState? state, long? before, int limit, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            IQueryable<JobRecord> query = Visible(db, owner);
            if (state is not null) query = query.Where(j => j.State == state);
            if (before is not null) query = query.Where(j => j.Sequence < before);
            List<JobRecord> jobs = await query.OrderByDescending(j => j.Sequence).Take(limit + 1)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            bool more = jobs.Count > limit;
            if (more) jobs.RemoveAt(limit);
            return new JobPage(jobs, more ? jobs[^1].Sequence : null);
        }
    }

    /// <summary>Takes a queued job of the highest priority, of the caller whose turn it is: it runs, with a new token.</summary>
    /// <param name="except">Names of models whose jobs stay where they are; null: none.</param>
    /// <param name="only">Names of models whose jobs are taken; null or empty: of all.</param>
    /// <returns>The job, or null where none waits.</returns>
    public JobRecord? Claim(IReadOnlyCollection<string>? except = null, IReadOnlyCollection<string>? only = null)
    {
        using JobDbContext db = contexts.CreateDbContext();
        IQueryable<JobRecord> queued = Queued(db);
        if (except is { Count: > 0 }) queued = queued.Where(j => !except.Contains(j.ModelName));
        if (only is { Count: > 0 }) queued = queued.Where(j => only.Contains(j.ModelName));
        return Claim(db, queued);
    }

    /// <summary>The same among the jobs of one queue of the broker.</summary>
    public JobRecord? Claim(JobQueue queue)
    {
        using JobDbContext db = contexts.CreateDbContext();
        IQueryable<JobRecord> queued = Queued(db).Where(j => j.ModelName == queue.Model);
        return Claim(db, queue.Class switch
        {
            PriorityClass.High => queued.Where(j => j.Priority > 0),
            PriorityClass.Low => queued.Where(j => j.Priority < 0),
            _ => queued.Where(j => j.Priority == 0),
        });
    }

    private JobRecord? Claim(JobDbContext db, IQueryable<JobRecord> queued)
    {
        while (queued.OrderByDescending(j => j.Priority).ThenBy(j => j.Turn).ThenBy(j => j.Sequence).AsNoTracking().FirstOrDefault() is { } job)
        {
            DateTimeOffset now = time.GetUtcNow(), until = now + options.Value.Lease;
            int claimed = db.Jobs.Where(j => j.Sequence == job.Sequence && j.State == JobState.Queued && j.Token == job.Token && !j.Deleted)
                .ExecuteUpdate(set => set
                    .SetProperty(j => j.State, JobState.Running)
                    .SetProperty(j => j.Token, j => j.Token + 1)
                    .SetProperty(j => j.Attempts, j => j.Attempts + 1)
                    .SetProperty(j => j.Phase, SegmentationPhase.Reading)
                    .SetProperty(j => j.Percent, 0d)
                    .SetProperty(j => j.StartedAt, now)
                    .SetProperty(j => j.LeasedUntil, until));
            if (claimed != 1) continue;
            // Not read again: a read that fails would leave a running job that nobody has.
            (job.State, job.Token, job.Attempts) = (JobState.Running, job.Token + 1, job.Attempts + 1);
            (job.Phase, job.Percent, job.StartedAt, job.LeasedUntil) = (SegmentationPhase.Reading, 0, now, until);
            return job;
        }
        return null;
    }

    /// <summary>Stores progress of a running job.</summary>
    /// <returns>Whether the job is still this worker's; if not, the worker stops.</returns>
    public bool ReportProgress(JobRecord job, SegmentationPhase phase, double percent)
    {
        using JobDbContext db = contexts.CreateDbContext();
        return Held(db, job).ExecuteUpdate(set => set.SetProperty(j => j.Phase, phase).SetProperty(j => j.Percent, percent)) == 1;
    }

    /// <summary>Publishes a result. Its files must be durable before. Again, after a try whose outcome is not known, it changes nothing.</summary>
    /// <returns>Whether it is published; false: the job was deleted or is another worker's.</returns>
    /// <param name="job">As claimed.</param>
    /// <param name="input">Kind of the input, which may be known only now.</param>
    /// <param name="modelSha256">Hash of the package that ran.</param>
    /// <param name="report">Run report as JSON.</param>
    public bool Succeed(JobRecord job, InputKind input, string modelSha256, string report)
    {
        DateTimeOffset now = time.GetUtcNow();
        return End(job, JobState.Succeeded, null, now, held => held.ExecuteUpdate(set => set
            .SetProperty(j => j.State, JobState.Succeeded)
            .SetProperty(j => j.Phase, (SegmentationPhase?)null)
            .SetProperty(j => j.Percent, 100d)
            .SetProperty(j => j.InputKind, input)
            .SetProperty(j => j.ModelSha256, modelSha256)
            .SetProperty(j => j.Report, report)
            .SetProperty(j => j.Delivery, j => j.DeliverTo == null ? null : DeliveryState.Pending)
            .SetProperty(j => j.DeliverAt, j => j.DeliverTo == null ? null : now)
            .SetProperty(j => j.FinishedAt, now)
            .SetProperty(j => j.ExpiresAt, now + options.Value.Retention)));
    }

    /// <summary>Ends a running job with a failure. Again, after a try whose outcome is not known, it changes nothing.</summary>
    /// <returns>Whether it was published; false: the job was deleted or is another worker's.</returns>
    public bool Fail(JobRecord job, JobFailure failure)
    {
        DateTimeOffset now = time.GetUtcNow();
        string json = failure.ToJson();
        return End(job, JobState.Failed, failure.Code, now, held => held.ExecuteUpdate(set => set
            .SetProperty(j => j.State, JobState.Failed)
            .SetProperty(j => j.Phase, (SegmentationPhase?)null)
            .SetProperty(j => j.Failure, json)
            .SetProperty(j => j.FinishedAt, now)
            .SetProperty(j => j.ExpiresAt, now + options.Value.Retention)));
    }

    /// <summary>Puts a running job back because the service stops. The start does not count as an attempt; the job keeps its place.</summary>
    public bool Requeue(JobRecord job)
    {
        using JobDbContext db = contexts.CreateDbContext();
        return Held(db, job).ExecuteUpdate(set => set
            .SetProperty(j => j.State, JobState.Queued)
            .SetProperty(j => j.Attempts, j => j.Attempts - 1)
            .SetProperty(j => j.Phase, (SegmentationPhase?)null)
            .SetProperty(j => j.Percent, 0d)) == 1;
    }

    /// <summary>Hides a job; one that is not final is cancelled.</summary>
    /// <returns>The job as it was before, or null where there is none.</returns>
    public async Task<JobRecord?> DeleteAsync(string id, string? owner, CancellationToken cancellationToken)
    {
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
        {
            JobRecord? job = await Visible(db, owner).FirstOrDefaultAsync(j => j.Id == id, cancellationToken).ConfigureAwait(false);
            if (job is null) return null;
            bool deleted = await db.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
                cancel => DeleteAsync(db, job, cancel),
                // A commit whose answer was lost; or another caller was faster, who has told of it.
                cancel => db.Jobs.AnyAsync(j => j.Sequence == job.Sequence && j.Deleted, cancel), cancellationToken).ConfigureAwait(false);
            return deleted ? job : null;
        }
    }

    /// <summary>Removes the row of a deleted or expired job.</summary>
    public void Remove(string id)
    {
        using JobDbContext db = contexts.CreateDbContext();
        db.Jobs.Where(j => j.Id == id).ExecuteDelete();
    }

    /// <summary>Whether a job was deleted by its caller.</summary>
    public bool IsDeleted(string id)
    {
        using JobDbContext db = contexts.CreateDbContext();
        return !db.Jobs.Any(j => j.Id == id && !j.Deleted);
    }

    /// <summary>Jobs to remove: deleted ones, and those whose retention ended and whose result no archive waits for.</summary>
    public IReadOnlyList<(string Id, bool Deleted)> Removable()
    {
        using JobDbContext db = contexts.CreateDbContext();
        DateTimeOffset now = time.GetUtcNow();
        return [.. db.Jobs.Where(j => j.Deleted || j.ExpiresAt != null && j.ExpiresAt <= now && j.Delivery != DeliveryState.Pending)
            .Select(j => new { j.Id, j.Deleted }).AsEnumerable().Select(j => (j.Id, j.Deleted))];
    }

    /// <summary>Ids of jobs that were given up because their process died.</summary>
    public IReadOnlyList<string> DeadLettered()
    {
        using JobDbContext db = contexts.CreateDbContext();
        return [.. db.Jobs.Where(j => j.State == JobState.DeadLettered && !j.Deleted).Select(j => j.Id)];
    }

    /// <summary>Those of some ids that have a row.</summary>
    public IReadOnlySet<string> Existing(IReadOnlyCollection<string> ids)
    {
        using JobDbContext db = contexts.CreateDbContext();
        return db.Jobs.Where(j => ids.Contains(j.Id)).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
    }

    /// <inheritdoc />
    public void Dispose() => _admission.Dispose();

    /// <summary>Makes a running job final and its notifications due: both or neither.</summary>
    private bool End(JobRecord job, JobState state, ErrorCode? code, DateTimeOffset now, Func<IQueryable<JobRecord>, int> end)
    {
        using JobDbContext db = contexts.CreateDbContext();
        bool ended = db.Database.CreateExecutionStrategy().ExecuteInTransaction(() =>
        {
            if (end(Held(db, job)) != 1) return false;
            NotificationStore.Raise(db, job.Id, state, code, now);
            return true;
        }, () => HasEnded(db, job, state));
        return ended || HasEnded(db, job, state);
    }

    private static bool HasEnded(JobDbContext db, JobRecord job, JobState state) =>
        db.Jobs.Any(j => j.Sequence == job.Sequence && j.State == state && j.Token == job.Token && !j.Deleted);

    private async Task<bool> DeleteAsync(JobDbContext db, JobRecord job, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IQueryable<JobRecord> visible = db.Jobs.Where(j => j.Sequence == job.Sequence && !j.Deleted);
        if (await visible.Where(j => j.State == JobState.Queued || j.State == JobState.Running).ExecuteUpdateAsync(set => set
                .SetProperty(j => j.Deleted, true)
                .SetProperty(j => j.FinishedAt, now)
                .SetProperty(j => j.State, JobState.Cancelled), cancellationToken).ConfigureAwait(false) != 1)
            return await visible.ExecuteUpdateAsync(set => set.SetProperty(j => j.Deleted, true), cancellationToken).ConfigureAwait(false) == 1;
        NotificationStore.Raise(db, job.Id, JobState.Cancelled, null, now);
        return true;
    }

    private async Task<bool> AddAsync(
        JobDbContext db, JobRecord job, string? routed, IReadOnlyList<NotificationRecord> notifications, CancellationToken cancellationToken)
    {
        // Of a try before, which the database took back.
        db.ChangeTracker.Clear();
        job.Sequence = 0;
        await db.LockAdmissionAsync(cancellationToken).ConfigureAwait(false);
        if (await Queued(db).CountAsync(cancellationToken).ConfigureAwait(false) >= options.Value.QueueLength) return false;
        await CheckQuotaAsync(db, job.Owner, cancellationToken).ConfigureAwait(false);
        job.Turn = await TurnAsync(db, job, cancellationToken).ConfigureAwait(false);
        db.Jobs.Add(job);
        db.Notifications.AddRange(notifications);
        if (routed is not null)
        {
            // One that is repeated is remembered anew, in the same transaction.
            if (await db.Routed.FindAsync([routed], cancellationToken).ConfigureAwait(false) is { } before) before.RoutedAt = job.CreatedAt;
            else db.Routed.Add(new RoutedRecord { Key = routed, RoutedAt = job.CreatedAt });
        }
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The turn that is on, or the one behind the caller's last where that is later.</summary>
    private static async Task<long> TurnAsync(JobDbContext db, JobRecord job, CancellationToken cancellationToken)
    {
        IQueryable<JobRecord> queued = Queued(db).Where(j => j.Priority == job.Priority);
        IQueryable<JobRecord> running = db.Jobs.Where(j => j.State == JobState.Running && !j.Deleted && j.Priority == job.Priority);
        long? started = await running.MaxAsync(j => (long?)j.Turn, cancellationToken).ConfigureAwait(false);
        long? next = await queued.MinAsync(j => (long?)j.Turn, cancellationToken).ConfigureAwait(false);
        long? own = await queued.Concat(running).Where(j => j.Owner == job.Owner).MaxAsync(j => (long?)j.Turn, cancellationToken).ConfigureAwait(false);
        return Math.Max(Math.Max(started ?? 0, (next ?? 0) - 1), (own ?? -1) + 1);
    }

    private async Task CheckQuotaAsync(JobDbContext db, string owner, CancellationToken cancellationToken)
    {
        // In mode none there is one caller, and the queue is its.
        if (owner == ApiKeyHandler.Anonymous) return;
        int most = options.Value.MaxPerCaller;
        if (await db.Jobs.CountAsync(j => j.Owner == owner && (j.State == JobState.Queued || j.State == JobState.Running) && !j.Deleted, cancellationToken).ConfigureAwait(false) >= most)
            throw new SegmentationException(ErrorCode.QuotaExceeded,
                $"You have {most} unfinished jobs, as many as a caller may; wait for one to end, or delete one. The operator sets Jobs:MaxPerCaller.");
    }

    private static IQueryable<JobRecord> Queued(JobDbContext db) => db.Jobs.Where(j => j.State == JobState.Queued && !j.Deleted);

    private static IQueryable<JobRecord> Visible(JobDbContext db, string? owner)
    {
        IQueryable<JobRecord> jobs = db.Jobs.AsNoTracking().Where(j => !j.Deleted);
        return owner is null ? jobs : jobs.Where(j => j.Owner == owner);
    }

    /// <summary>The row, as long as it is this start's.</summary>
    public static IQueryable<JobRecord> Held(JobDbContext db, JobRecord job) =>
        db.Jobs.Where(j => j.Sequence == job.Sequence && j.State == JobState.Running && j.Token == job.Token && !j.Deleted);
}
