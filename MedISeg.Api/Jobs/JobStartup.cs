using System.Diagnostics;
using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs.Store;
using Microsoft.EntityFrameworkCore;

namespace MedISeg.Api.Jobs;

/// <summary>First of the hosted services: takes the data folder, brings the store up to date, recovers jobs, makes the first key.</summary>
internal sealed class JobStartup(
    JobFiles files, IDbContextFactory<JobDbContext> contexts, JobStore store, ApiKeys keys, ILogger<JobStartup> logger) : IHostedService, IDisposable
{
    private FileStream? _lock;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _lock = TakeFolder();
        JobDbContext db = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (db.ConfigureAwait(false))
            await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        files.DropAllUploads();
        (int queued, int deadLettered) = store.Recover(ActivityTraceId.CreateRandom().ToHexString());
        if (queued + deadLettered > 0) Log.JobsRecovered(logger, queued, deadLettered);
        await keys.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _lock?.Dispose();

    /// <summary>Two processes on one folder would take each other's running jobs for left-overs.</summary>
    private FileStream TakeFolder()
    {
        try
        {
            return new FileStream(Path.Combine(files.Root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartRefusedException("Another process uses the folder Data:Root; stop it, or give this one a folder of its own.", e);
        }
    }
}
