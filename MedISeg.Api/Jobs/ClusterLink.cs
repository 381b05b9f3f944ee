using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedISeg.Api.Jobs;

/// <summary>
/// The line to other processes that share the store: hears what they do with jobs, and settles which one process does what one shall do for all.
/// Whoever holds the lock of the leader on this connection is it; the server takes it back when the connection ends.
/// </summary>
internal sealed class ClusterLink(
    JobStore store, JobNotifier notifier, JobSignal signal, IOptions<DataOptions> data, IOptions<JobOptions> options, TimeProvider time, ILogger<ClusterLink> logger)
    : BackgroundService
{
    /// <summary>How often the leader's lock is asked for, and the connection seen to be alive.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    private volatile bool _leads = data.Value.Postgres is null;

    /// <summary>Whether this process routes series that arrived and delivers results. Alone it always does.</summary>
    public bool IsLeader => _leads;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (data.Value.Postgres is not { } postgres) return;
        // A connection of its own, that ends when it is closed.
        string connection = new NpgsqlConnectionStringBuilder(postgres) { Pooling = false }.ConnectionString;
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await ListenAsync(connection, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The line must outlive a server that is away for a while.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
                _leads = false;
                await Task.WhenAny(Task.Delay(Turn, time, stoppingToken)).ConfigureAwait(false);
            }
    }

    private async Task ListenAsync(string connectionString, CancellationToken stoppingToken)
    {
        NpgsqlConnection connection = new(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(stoppingToken).ConfigureAwait(false);
            connection.Notification += (_, said) => Hear(said.Payload);
            await ExecuteAsync(connection, "LISTEN " + PostgresJobDbContext.Channel, stoppingToken).ConfigureAwait(false);
            await CatchUpAsync(stoppingToken).ConfigureAwait(false);
            while (true)
            {
                bool led = await ExecuteAsync(connection, AskToLead(), stoppingToken).ConfigureAwait(false) is true;
                _leads |= led;
                long start = time.GetTimestamp();
                for (TimeSpan rest = Turn; rest > TimeSpan.Zero; rest = Turn - time.GetElapsedTime(start))
                    if (!await connection.WaitAsync(rest, stoppingToken).ConfigureAwait(false)) break;
            }
        }
    }

    /// <summary>Workers do not lead: routing needs what is sent to the others.</summary>
    private string AskToLead() => _leads || options.Value.Role == JobRole.Worker
        ? "SELECT false"
        : FormattableString.Invariant($"SELECT pg_try_advisory_lock({PostgresJobDbContext.LeaderLock})");

    /// <summary>Tells those who wait here what happened while nobody listened.</summary>
    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        foreach (string id in notifier.Topics())
        {
            JobRecord? job = await store.FindAsync(id, null, stoppingToken).ConfigureAwait(false);
            if (job is not null) notifier.Hear(id, job.State);
        }
        signal.Wake();
    }

    private void Hear(string payload)
    {
        if (payload.Split(' ') is not [{ } id, { } spelling] || JobStates.Parse(spelling) is not { } state) return;
        notifier.Hear(id, state);
        if (state == JobState.Queued) signal.Wake();
        if (state == JobState.Cancelled) signal.TryStop(id);
    }

    private static async Task<object?> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(sql, connection);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
