using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference;
using MedISeg.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MedISeg.Tests.Api;

public sealed class JobStoreTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly StoppedClock _clock = new();
    private ServiceProvider _services = null!;
    private JobStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _services = new ServiceCollection()
            .AddDbContextFactory<JobDbContext>(db => db
                .UseSqlite($"Data Source={Path.Combine(_folder.Path, "jobs.db")};Pooling=False").AddInterceptors(new SqlitePragmas()))
            .BuildServiceProvider();
        IDbContextFactory<JobDbContext> contexts = _services.GetRequiredService<IDbContextFactory<JobDbContext>>();
        await using (JobDbContext db = await contexts.CreateDbContextAsync()) await db.Database.MigrateAsync();
        JobOptions options = new() { QueueLength = 3, MaxAttempts = 2, Retention = TimeSpan.FromHours(1) };
        _store = new JobStore(contexts, Microsoft.Extensions.Options.Options.Create(options), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Model_CheckedInMigrations_AreUpToDate()
    {
        await using JobDbContext db = await _services.GetRequiredService<IDbContextFactory<JobDbContext>>().CreateDbContextAsync();

        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Connection_IsDurable()
    {
        await using JobDbContext db = await _services.GetRequiredService<IDbContextFactory<JobDbContext>>().CreateDbContextAsync();

        Assert.Equal("wal", await db.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode()").SingleAsync());
        // 2 is FULL: every commit is fsynced.
        Assert.Equal(2, await db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous()").SingleAsync());
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

        JobRecord?[] claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(_store.Claim)));

        Assert.Equal(3, claimed.Count(job => job is not null));
        Assert.Equal(3, claimed.Where(job => job is not null).Select(job => job!.Id).Distinct().Count());
    }

    [Fact]
    public async Task TryAdd_QueueFull_IsRefused()
    {
        for (int n = 0; n < 3; n++) await AddAsync();

        Assert.False(await _store.TryAddAsync(Job(), null, CancellationToken.None));
        Assert.True(await _store.IsFullAsync(CancellationToken.None));
        _store.Claim();
        Assert.True(await _store.TryAddAsync(Job(), null, CancellationToken.None));
    }

    [Fact]
    public async Task Succeed_OldToken_PublishesNothing()
    {
        await AddAsync();
        JobRecord stale = _store.Claim()!;
        _store.Recover("trace");
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
        Assert.Equal((1, 0), _store.Recover("trace"));
        _store.Claim();

        Assert.Equal((0, 1), _store.Recover("trace"));

        JobRecord stored = (await _store.FindAsync(job.Id, "me", CancellationToken.None))!;
        Assert.Equal(JobState.DeadLettered, stored.State);
        Assert.Equal(ErrorCode.Internal, JobFailure.FromJson(stored.Failure!).Code);
        Assert.Null(_store.Claim());
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
        Assert.Equal([job.Id], _store.Removable());
    }

    [Fact]
    public async Task Delete_QueuedJob_IsNeverClaimed()
    {
        JobRecord job = await AddAsync();

        Assert.Equal(JobState.Queued, (await _store.DeleteAsync(job.Id, "me", CancellationToken.None))!.State);

        Assert.Null(_store.Claim());
        Assert.Equal([job.Id], _store.Removable());
    }

    [Fact]
    public async Task Removable_RetentionEnds_OnlyThen()
    {
        JobRecord job = await AddAsync();
        _store.Succeed(_store.Claim()!, InputKind.Nifti, "hash", "{}");
        Assert.Empty(_store.Removable());

        _clock.Now += TimeSpan.FromHours(1);

        Assert.Equal([job.Id], _store.Removable());
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

    private static JobRecord Job(int priority = 0) => new()
    {
        Priority = priority,
        Id = JobId.New(), Owner = "me", ModelName = "analytic", ModelVersion = "1", InputKind = InputKind.Nifti, InputFiles = 1,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private async Task<JobRecord> AddAsync(int priority = 0)
    {
        JobRecord job = Job(priority);
        Assert.True(await _store.TryAddAsync(job, null, CancellationToken.None));
        return job;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
