using System.Data.Common;
using System.Diagnostics;
using MedISeg.Api.Artifacts;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Api.Results;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>First of the hosted services: takes the data folder, brings the store up to date, recovers jobs, makes the first key.</summary>
internal sealed class JobStartup(
    JobFiles files, JobArtifacts artifacts, IDbContextFactory<JobDbContext> contexts, LeaseStore leases, AuditTrail audit, ApiKeys keys, DeidentificationKey pseudonyms, IOptions<DataOptions> data, IOptions<JobOptions> options,
    ILogger<JobStartup> logger) : IHostedService, IDisposable
{
    private FileStream? _lock, _workLock;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        bool shared = data.Value.Postgres is not null;
        if (!shared && options.Value.Role != JobRole.All)
            throw new StartRefusedException("Jobs:Role is not all, and the store is this process's own; set Data:Postgres, or leave Jobs:Role out.");
        if (!shared) _lock = TakeFolder(files.Root, "Data:Root");
        if (artifacts.IsApart)
        {
            _workLock = TakeFolder(files.Work, "Data:Work");
            files.EmptyWork();
            await artifacts.CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            try
            {
                await db.LockStartAsync(cancellationToken).ConfigureAwait(false);
                await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
                await keys.LoadAsync(cancellationToken).ConfigureAwait(false);
                if (shared) pseudonyms.Prepare();
            }
            catch (Exception e) when (shared && e is DbException or RetryLimitExceededException)
            {
                throw new StartRefusedException("The database of Data:Postgres cannot be used; check that it runs, exists, and lets this user in and make tables.", e);
            }
        // What runs in a shared store may well run; leases say whether it does.
        if (shared) return;
        files.DropAllUploads();
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        (IReadOnlyList<JobRecord> queued, IReadOnlyList<JobRecord> deadLettered) = leases.Recover(trace, expired: false);
        await audit.DeadLetteredAsync([.. deadLettered.Select(job => job.Id)], trace).ConfigureAwait(false);
        if (queued.Count + deadLettered.Count > 0) Log.JobsRecovered(logger, queued.Count, deadLettered.Count);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        _lock?.Dispose();
        _workLock?.Dispose();
    }

    /// <summary>Two processes on one folder would take each other's running jobs for left-overs.</summary>
    private static FileStream TakeFolder(string folder, string key)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartRefusedException($"Another process uses the folder {key}; stop it, or give this one a folder of its own.", e);
        }
    }
}
