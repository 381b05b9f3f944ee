using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs.Store;

/// <summary>Which running jobs have a worker that is alive, and what becomes of the others.</summary>
internal sealed class LeaseStore(IDbContextFactory<JobDbContext> contexts, IOptions<JobOptions> options, TimeProvider time)
{
    /// <summary>Says that the worker of a job is alive.</summary>
    /// <returns>Whether the job is still this worker's; if not, the worker stops.</returns>
    public bool Renew(JobRecord job)
    {
        using JobDbContext db = contexts.CreateDbContext();
        DateTimeOffset until = time.GetUtcNow() + options.Value.Lease;
        return JobStore.Held(db, job).ExecuteUpdate(set => set.SetProperty(j => j.LeasedUntil, until)) == 1;
    }

    /// <summary>Whether the lease of a running job is over.</summary>
    public bool HasExpired()
    {
        using JobDbContext db = contexts.CreateDbContext();
        DateTimeOffset now = time.GetUtcNow();
        return db.Jobs.Any(j => j.State == JobState.Running && j.LeasedUntil < now);
    }

    /// <summary>Jobs that ran when their process died wait again, or are dead-lettered when they did so too often.</summary>
    /// <param name="traceId">Finds it in the logs.</param>
    /// <param name="expired">Only jobs whose lease is over; false: after a start of the only process, all that ran.</param>
    /// <returns>Those that this call has wait again, and those that it gave up.</returns>
    public (IReadOnlyList<JobRecord> Queued, IReadOnlyList<JobRecord> DeadLettered) Recover(string traceId, bool expired)
    {
        using JobDbContext db = contexts.CreateDbContext();
        DateTimeOffset now = time.GetUtcNow();
        string failure = new JobFailure(
            ErrorCode.JobAbandoned,
            $"The service ended {options.Value.MaxAttempts} times while it ran this job, which is not started again; it may take more memory than there is.", traceId, []).ToJson();
        IQueryable<JobRecord> left = db.Jobs.Where(j => j.State == JobState.Running && (!expired || j.LeasedUntil < now));
        List<JobRecord> queued = [], dead = [];
        // One by one: of several processes that look at this moment each learns which were its own.
        foreach (JobRecord job in left.AsNoTracking().ToList())
        {
            IQueryable<JobRecord> row = left.Where(j => j.Sequence == job.Sequence && j.Token == job.Token);
            bool ends = job.Attempts >= options.Value.MaxAttempts;
            bool changed = ends
                ? db.Database.CreateExecutionStrategy().ExecuteInTransaction(
                    () => GiveUp(db, row, job.Id, failure, now),
                    () => db.Jobs.Any(j => j.Sequence == job.Sequence && j.State == JobState.DeadLettered))
                : row.ExecuteUpdate(set => set
                    .SetProperty(j => j.State, JobState.Queued)
                    .SetProperty(j => j.Phase, (SegmentationPhase?)null)
                    .SetProperty(j => j.Percent, 0d)) == 1;
            if (changed) (ends ? dead : queued).Add(job);
        }
        return (queued, dead);
    }

    private bool GiveUp(JobDbContext db, IQueryable<JobRecord> job, string id, string failure, DateTimeOffset now)
    {
        if (job.ExecuteUpdate(set => set
                .SetProperty(j => j.State, JobState.DeadLettered)
                .SetProperty(j => j.Phase, (SegmentationPhase?)null)
                .SetProperty(j => j.Failure, failure)
                .SetProperty(j => j.FinishedAt, now)
                .SetProperty(j => j.ExpiresAt, now + options.Value.Retention)) != 1) return false;
        NotificationStore.Raise(db, id, JobState.DeadLettered, ErrorCode.JobAbandoned, now);
        return true;
    }
}
