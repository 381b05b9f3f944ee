using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference;
using MedISeg.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedISeg.Tests.Api;

/// <summary>What every job store does, whatever database it lies in.</summary>
public abstract class JobStoreTests : IAsyncLifetime
{
    private readonly StoppedClock _clock = new();
    private ServiceProvider _services = null!;
    private JobStore _store = null!;
    private LeaseStore _leases = null!;
    private NotificationStore _notifications = null!;

    /// <summary>Folder of the test.</summary>
    protected TempFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        DataOptions data = new() { Root = Folder.Path, Postgres = await ConnectionAsync() };
        JobOptions options = new() { QueueLength = 3, MaxAttempts = 2, Retention = TimeSpan.FromHours(1), Lease = TimeSpan.FromSeconds(30) };
        _services = new ServiceCollection().AddSingleton<JobFiles>().AddSingleton<JobContexts>()
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(data)).BuildServiceProvider();
        await using (JobDbContext db = OpenContext()) await db.Database.MigrateAsync();
        _store = new JobStore(_services.GetRequiredService<JobContexts>(), Microsoft.Extensions.Options.Options.Create(options), _clock);
        _notifications = new NotificationStore(_services.GetRequiredService<JobContexts>(), _clock);
        _leases = new LeaseStore(_services.GetRequiredService<JobContexts>(), Microsoft.Extensions.Options.Options.Create(options), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_services is not null) await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Connection string of PostgreSQL; null: SQLite.</summary>
    protected abstract Task<string?> ConnectionAsync();

    private protected JobDbContext OpenContext() => _services.GetRequiredService<JobContexts>().CreateDbContext();

    [Fact]
    public async Task Model_CheckedInMigrations_AreUpToDate()
    {
        await using JobDbContext db = OpenContext();

        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Claim_TwoQueued_TakesTheOlderAndRaisesItsToken()
    {
        JobRecord first = await AddAsync(), second = await AddAsync();

        JobRecord? claimed = _store.Claim();

        Assert.Equal((first.Id, JobState.Running, 1, 1L), (claimed!.Id, claimed.State, claimed.Attempts, claimed.Token));
        Assert.Equal(_clock.GetUtcNow(), claimed.StartedAt);
        Assert.Equal(second.Id, _store.Claim()!.Id);
        Assert.Null(_store.Claim());
    }

    [Fact]
    public async Task Claim_ManyWorkers_EachJobOnce()
    {
        for (int n = 0; n < 3; n++) await AddAsync();

        JobRecord?[] claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _store.Claim())));

        Assert.Equal(3, claimed.Count(job => job is not null));
        Assert.Equal(3, claimed.Where(job => job is not null).Select(job => job!.Id).Distinct().Count());
    }

    [Fact]
    public async Task TryAdd_QueueFull_IsRefused()
    {
        for (int n = 0; n < 3; n++) await AddAsync();

        Assert.False(await _store.TryAddAsync(Job(), null, [], CancellationToken.None));
        Assert.True(await _store.IsFullAsync(CancellationToken.None));
        _store.Claim();
        Assert.True(await _store.TryAddAsync(Job(), null, [], CancellationToken.None));
    }

    [Fact]
    public async Task Succeed_OldToken_PublishesNothing()
    {
        await AddAsync();
        JobRecord stale = _store.Claim()!;
        Recover(expired: false);
        JobRecord current = _store.Claim()!;

        Assert.False(_store.ReportProgress(stale, SegmentationPhase.Predicting, 50));
        Assert.False(_store.Succeed(stale, InputKind.Nifti, "stale", "{}"));
        Assert.False(_store.Fail(stale, new JobFailure(ErrorCode.Internal, null, "trace", [])));
        Assert.False(_store.Requeue(stale));
        Assert.True(_store.Succeed(current, InputKind.Nifti, "hash", "{\"a\":1}"));
        // A second try after one whose outcome was not known.
        Assert.True(_store.Succeed(current, InputKind.Nifti, "hash", "{\"a\":2}"));
        JobRecord stored = (await _store.FindAsync(current.Id, "me", CancellationToken.None))!;
        Assert.Equal((JobState.Succeeded, "hash", "{\"a\":1}", 100d), (stored.State, stored.ModelSha256, stored.Report, stored.Percent));
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromHours(1), stored.ExpiresAt);
    }

    [Fact]
    public async Task Requeue_ServiceStops_DoesNotCountAsAttemptAndKeepsThePlace()
    {
        JobRecord job = await AddAsync();
        await AddAsync();

        Assert.True(_store.Requeue(_store.Claim()!));

        JobRecord again = _store.Claim()!;
        Assert.Equal((job.Id, 1, 2L), (again.Id, again.Attempts, again.Token));
    }

    [Fact]
    public async Task Recover_ProcessDiedTooOften_DeadLetters()
    {
        JobRecord job = await AddAsync();
        _store.Claim();
        Assert.Equal((job.Id, ""), Recover(expired: false));
        _store.Claim();

        Assert.Equal(("", job.Id), Recover(expired: false));

        JobRecord stored = (await _store.FindAsync(job.Id, "me", CancellationToken.None))!;
        Assert.Equal(JobState.DeadLettered, stored.State);
        JobFailure failure = JobFailure.FromJson(stored.Failure!);
        Assert.Equal((ErrorCode.JobAbandoned, true), (failure.Code, failure.Detail!.Contains("ended 2 times", StringComparison.Ordinal)));
        Assert.Null(_store.Claim());
    }

    [Fact]
    public async Task Recover_OneLeaseExpired_TakesOnlyThatJobOver()
    {
        JobRecord lost = await AddAsync(), kept = await AddAsync();
        JobRecord silent = _store.Claim()!, alive = _store.Claim()!;
        Assert.False(_leases.HasExpired());
        Assert.Equal(("", ""), Recover(expired: true));
        _clock.Now += TimeSpan.FromSeconds(20);
        Assert.True(_leases.Renew(alive));
        _clock.Now += TimeSpan.FromSeconds(11);

        Assert.True(_leases.HasExpired());
        Assert.Equal((lost.Id, ""), Recover(expired: true));

        Assert.False(_leases.Renew(silent));
        Assert.True(_leases.Renew(alive));
        JobRecord taken = _store.Claim()!;
        Assert.Equal((lost.Id, 2, 2L), (taken.Id, taken.Attempts, taken.Token));
        Assert.False(_store.Succeed(silent, InputKind.Nifti, "stale", "{}"));
        Assert.True(_store.Succeed(alive, InputKind.Nifti, "hash", "{}"));
        Assert.Equal(JobState.Succeeded, (await _store.FindAsync(kept.Id, "me", CancellationToken.None))!.State);
    }

    [Fact]
    public async Task Notification_EachWayToEnd_IsDueWithItOnlyWhereItIsWanted()
    {
        JobRecord succeeding = await AddAsync("succeeded"), failing = await AddAsync("succeeded failed"), dying = await AddAsync("dead-lettered");
        JobRecord claimed = _store.Claim()!;
        _store.Fail(_store.Claim()!, new JobFailure(ErrorCode.TruncatedImage, null, "trace", []));
        Assert.Empty(await DueAsync("unwanted"));
        Assert.Equal([(failing.Id, JobState.Failed, (ErrorCode?)ErrorCode.TruncatedImage)], (await DueAsync("target")).Select(n => (n.JobId, n.State!.Value, n.Code)));
        _store.Succeed(claimed, InputKind.Nifti, "hash", "{}");
        // The second time, after a try whose outcome was not known, changes nothing.
        _store.Succeed(claimed, InputKind.Nifti, "hash", "{}");
        _store.Claim();
        Recover(expired: false);
        _store.Claim();
        Recover(expired: false);
        JobRecord cancelled = await AddAsync("cancelled"), kept = await AddAsync("cancelled");
        await _store.DeleteAsync(cancelled.Id, "me", CancellationToken.None);
        _store.Fail(_store.Claim()!, new JobFailure(ErrorCode.Internal, null, "trace", []));
        await _store.DeleteAsync(kept.Id, "me", CancellationToken.None);

        IReadOnlyList<NotificationRecord> due = await DueAsync("target");

        Assert.Equal(
            new[] { (succeeding.Id, JobState.Succeeded), (failing.Id, JobState.Failed), (dying.Id, JobState.DeadLettered), (cancelled.Id, JobState.Cancelled) }.Order(),
            due.Select(n => (n.JobId, n.State!.Value)).Order());
        Assert.Empty(await DueAsync("unwanted"));
    }

    [Fact]
    public async Task Take_ManyAtOnce_OneHasItUntilItsLeaseIsOver()
    {
        await AddAsync("succeeded");
        _store.Succeed(_store.Claim()!, InputKind.Nifti, "hash", "{}");
        NotificationRecord[] seen = [.. await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => (await DueAsync("target")).Single()))];

        bool[] taken = await Task.WhenAll(seen.Select(n => Task.Run(() => _notifications.TakeAsync(n, TimeSpan.FromMinutes(1), CancellationToken.None))));

        Assert.Single(taken, has => has);
        Assert.Empty(await DueAsync("target"));
        NotificationRecord lost = seen[Array.IndexOf(taken, true)];
        _clock.Now += TimeSpan.FromMinutes(1);
        NotificationRecord again = Assert.Single(await DueAsync("target"));
        Assert.Equal((lost.Id, 1), (again.Id, again.Attempts));
        Assert.True(await _notifications.TakeAsync(again, TimeSpan.FromMinutes(1), CancellationToken.None));
        // Whoever was taken for dead writes nothing.
        await _notifications.EndAsync(lost, 200, DeliveryState.Delivered, null, CancellationToken.None);
        Assert.Equal(DeliveryState.Pending, Assert.Single(await _notifications.OfJobAsync(lost.JobId, CancellationToken.None), n => n.Target == "target").Delivery);
        await _notifications.EndAsync(again, 200, DeliveryState.Delivered, null, CancellationToken.None);
        Assert.Equal(2, (await _notifications.OfJobAsync(lost.JobId, CancellationToken.None)).Count);
        _store.Remove(lost.JobId);
        _notifications.Forget();
        Assert.Empty(await _notifications.OfJobAsync(lost.JobId, CancellationToken.None));
    }

    [Fact]
    public async Task TryAdd_ManyAtOnce_NeverExceedsTheQueue()
    {
        // Stores of their own, as processes have them.
        JobOptions options = new() { QueueLength = 3 };
        JobStore[] stores = [.. Enumerable.Range(0, Processes).Select(_ =>
            new JobStore(_services.GetRequiredService<JobContexts>(), Microsoft.Extensions.Options.Options.Create(options), _clock))];

        bool[] added = await Task.WhenAll(Enumerable.Range(0, 12).Select(n =>
            Task.Run(() => stores[n % Processes].TryAddAsync(Job(), null, [], CancellationToken.None))));

        Assert.Equal(3, added.Count(taken => taken));
        Assert.Equal(3, await _store.CountQueuedAsync(CancellationToken.None));
        foreach (JobStore store in stores) store.Dispose();
    }

    [Fact]
    public async Task TryAdd_SeriesRoutedAgain_IsRememberedOnce()
    {
        Assert.True(await _store.TryAddAsync(Job(), "series", [], CancellationToken.None));
        Assert.True(await _store.TryAddAsync(Job(), "series", [], CancellationToken.None));

        Assert.True(await _store.WasRoutedAsync("series", CancellationToken.None));
        _store.ForgetRouted(DateTimeOffset.UnixEpoch.AddMilliseconds(1));
        Assert.False(await _store.WasRoutedAsync("series", CancellationToken.None));
    }

    [Fact]
    public async Task List_Pages_NewestFirstOfTheOwner()
    {
        JobRecord[] jobs = [await AddAsync(), await AddAsync(), await AddAsync()];

        JobPage first = await _store.ListAsync("me", null, null, 2, CancellationToken.None);
        JobPage second = await _store.ListAsync(null, JobState.Queued, first.Next, 2, CancellationToken.None);

        Assert.Equal([jobs[2].Id, jobs[1].Id], first.Jobs.Select(job => job.Id));
        Assert.Equal([jobs[0].Id], second.Jobs.Select(job => job.Id));
        Assert.Null(second.Next);
        Assert.Empty((await _store.ListAsync("someone else", null, null, 2, CancellationToken.None)).Jobs);
    }

    [Fact]
    public async Task Delete_RunningJob_IsHiddenAndLostToItsWorker()
    {
        JobRecord job = await AddAsync();
        JobRecord claimed = _store.Claim()!;

        Assert.Null(await _store.DeleteAsync(job.Id, "someone else", CancellationToken.None));
        Assert.Equal(JobState.Running, (await _store.DeleteAsync(job.Id, "me", CancellationToken.None))!.State);

        Assert.Null(await _store.FindAsync(job.Id, "me", CancellationToken.None));
        Assert.Null(await _store.DeleteAsync(job.Id, "me", CancellationToken.None));
        Assert.False(_store.Succeed(claimed, InputKind.Nifti, "hash", "{}"));
        Assert.True(_store.IsDeleted(job.Id));
        Assert.Equal([(job.Id, true)], _store.Removable());
    }

    [Fact]
    public async Task Delete_QueuedJob_IsNeverClaimed()
    {
        JobRecord job = await AddAsync();

        Assert.Equal(JobState.Queued, (await _store.DeleteAsync(job.Id, "me", CancellationToken.None))!.State);

        Assert.Null(_store.Claim());
        Assert.Equal([(job.Id, true)], _store.Removable());
    }

    [Fact]
    public async Task Removable_RetentionEnds_OnlyThen()
    {
        JobRecord job = await AddAsync();
        _store.Succeed(_store.Claim()!, InputKind.Nifti, "hash", "{}");
        Assert.Empty(_store.Removable());

        _clock.Now += TimeSpan.FromHours(1);

        Assert.Equal([(job.Id, false)], _store.Removable());
        _store.Remove(job.Id);
        Assert.Empty(_store.Existing([job.Id]));
    }

    [Fact]
    public async Task Claim_Priorities_TakesTheHighestFirstAndThenTheOldest()
    {
        JobRecord first = await AddAsync(), urgent = await AddAsync(5), alsoUrgent = await AddAsync(5);

        int[] places = await Task.WhenAll(new[] { first, urgent, alsoUrgent }.Select(job => _store.QueuePlaceAsync(job, CancellationToken.None)));
        Assert.Equal([3, 1, 2], places);
        Assert.Equal([urgent.Id, alsoUrgent.Id, first.Id], Enumerable.Range(0, 3).Select(_ => _store.Claim()!.Id));
    }

    [Fact]
    public async Task Claim_TwoCallers_TakeTurns()
    {
        JobRecord first = await AddAsync(), second = await AddAsync(), other = await AddAsync(owner: "other");

        int[] places = await Task.WhenAll(new[] { first, second, other }.Select(job => _store.QueuePlaceAsync(job, CancellationToken.None)));
        Assert.Equal([1, 3, 2], places);
        Assert.Equal(first.Id, _store.Claim()!.Id);
        // Who comes while the first one's job runs is before that one's next.
        JobRecord third = await AddAsync(owner: "third");
        Assert.Equal([other.Id, third.Id, second.Id], Enumerable.Range(0, 3).Select(_ => _store.Claim()!.Id));
    }

    [Fact]
    public async Task Claim_CallerComesLate_DoesNotCatchUpWithAllTurnsBefore()
    {
        JobRecord longRunning = await AddAsync();
        _store.Claim();
        for (int n = 0; n < 10; n++)
        {
            await AddAsync();
            _store.Succeed(_store.Claim()!, InputKind.Nifti, "hash", "{}");
        }
        JobRecord waiting = await AddAsync();

        JobRecord late = await AddAsync(owner: "late"), again = await AddAsync(owner: "late");

        Assert.Equal(0, longRunning.Turn);
        Assert.Equal([late.Id, waiting.Id, again.Id], Enumerable.Range(0, 3).Select(_ => _store.Claim()!.Id));
    }

    [Fact]
    public async Task Claim_ModelIsBusy_PassesItsJobsOver()
    {
        JobRecord busy = await AddAsync(), free = await AddAsync(model: "other");

        Assert.Equal(free.Id, _store.Claim([busy.ModelName])!.Id);
        Assert.Null(_store.Claim([busy.ModelName]));
        Assert.Equal(busy.Id, _store.Claim()!.Id);
    }

    [Fact]
    public async Task Claim_OnlySomeModels_LeavesTheOthers()
    {
        JobRecord other = await AddAsync(model: "other"), served = await AddAsync();

        Assert.Equal(served.Id, _store.Claim(only: [served.ModelName])!.Id);
        Assert.Null(_store.Claim(only: [served.ModelName]));
        Assert.Equal(other.Id, _store.Claim(only: [])!.Id);
    }

    [Fact]
    public async Task Claim_OfAQueue_TakesTheBestOfItsModelAndClassOnly()
    {
        JobQueue high = new("analytic", PriorityClass.High), normal = new("analytic", PriorityClass.Normal), low = new("analytic", PriorityClass.Low);
        JobRecord second = await AddAsync(1), first = await AddAsync(2), other = await AddAsync(3, model: "other");

        Assert.Equal(new Dictionary<JobQueue, int> { [high] = 2, [new("other", PriorityClass.High)] = 1 }, await _store.CountByQueueAsync(CancellationToken.None));
        Assert.Equal(["analytic", "other"], _store.QueuedModels().Order(StringComparer.Ordinal));
        Assert.Null(_store.Claim(normal));
        Assert.Equal([first.Id, second.Id], new[] { high, high }.Select(queue => _store.Claim(queue)!.Id));
        Assert.Null(_store.Claim(high));
        JobRecord last = await AddAsync(-7), plain = await AddAsync();
        Assert.Equal([last.Id, plain.Id], new[] { low, normal }.Select(queue => _store.Claim(queue)!.Id));
        Assert.Equal(other.Id, _store.Claim(new JobQueue("other", PriorityClass.High))!.Id);
    }

    /// <summary>How many processes share the store.</summary>
    protected abstract int Processes { get; }

    private (string Queued, string DeadLettered) Recover(bool expired)
    {
        (IReadOnlyList<JobRecord> queued, IReadOnlyList<JobRecord> dead) = _leases.Recover("trace", expired);
        return (string.Join(',', queued.Select(job => job.Id)), string.Join(',', dead.Select(job => job.Id)));
    }

    private static JobRecord Job(int priority = 0, string owner = "me", string model = "analytic") => new()
    {
        Priority = priority,
        Id = JobId.New(), Owner = owner, ModelName = model, ModelVersion = "1", InputKind = InputKind.Nifti, InputFiles = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private async Task<JobRecord> AddAsync(int priority = 0, string owner = "me", string model = "analytic")
    {
        JobRecord job = Job(priority, owner, model);
        Assert.True(await _store.TryAddAsync(job, null, [], CancellationToken.None));
        return job;
    }

    /// <summary>Adds a job of which one target wants to hear, and another one never.</summary>
    private async Task<JobRecord> AddAsync(string events)
    {
        JobRecord job = Job();
        NotificationRecord[] notifications =
        [
            .. new[] { ("target", events), ("unwanted", "running") }.Select(wanted => new NotificationRecord
            {
                Id = JobId.New(), JobId = job.Id, Target = wanted.Item1, Events = wanted.Item2, ModelName = job.ModelName, ModelVersion = job.ModelVersion,
            }),
        ];
        Assert.True(await _store.TryAddAsync(job, null, notifications, CancellationToken.None));
        return job;
    }

    private Task<IReadOnlyList<NotificationRecord>> DueAsync(string target) => _notifications.DueAsync(target, 20, CancellationToken.None);

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
