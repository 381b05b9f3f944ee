using Microsoft.EntityFrameworkCore;

namespace MedISeg.Api.Jobs.Store;

/// <summary>The same model in PostgreSQL, with migrations of its own. Their trigger says every change of a job on <see cref="Channel"/>.</summary>
internal sealed class PostgresJobDbContext(DbContextOptions<PostgresJobDbContext> options) : JobDbContext(options)
{
    /// <summary>Where changes are said: <c>ID STATE</c>, in the order of their commits.</summary>
    public const string Channel = "mediseg_jobs";

    /// <summary>Advisory locks: adding a job, starting a process, and doing what one process does for all.</summary>
    public const long AdmissionLock = 0x4d53_4547_0001, StartLock = 0x4d53_4547_0002, LeaderLock = 0x4d53_4547_0003;

    /// <inheritdoc />
    public override async Task LockStartAsync(CancellationToken cancellationToken)
    {
        // Not closed between commands: the lock is the connection's, and goes when it is given back.
        await Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({StartLock})", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override Task LockAdmissionAsync(CancellationToken cancellationToken) =>
        Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdmissionLock})", cancellationToken);
}
