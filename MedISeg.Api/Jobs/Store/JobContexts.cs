using MedISeg.Api.Options;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs.Store;

/// <summary>Opens the job store where the configuration has it: PostgreSQL, or SQLite in the data folder.</summary>
internal sealed class JobContexts : IDbContextFactory<JobDbContext>
{
    /// <summary>How often, and how long in between at most, PostgreSQL is asked again after a failure that may pass.</summary>
    private const int MaxRetries = 5;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    private readonly Func<JobDbContext> _create;

    /// <summary>Prepares the connections; opens none.</summary>
    public JobContexts(JobFiles files, IOptions<DataOptions> data, IServiceProvider services)
    {
        if (data.Value.Postgres is { } connection)
        {
            DbContextOptions<PostgresJobDbContext> postgres = new DbContextOptionsBuilder<PostgresJobDbContext>().UseApplicationServiceProvider(services)
                .UseNpgsql(connection, npgsql => npgsql.EnableRetryOnFailure(MaxRetries, LongestDelay, null)).Options;
            _create = () => new PostgresJobDbContext(postgres);
            return;
        }
        DbContextOptions<JobDbContext> sqlite = new DbContextOptionsBuilder<JobDbContext>().UseApplicationServiceProvider(services)
            .UseSqlite($"Data Source={Path.Combine(files.Root, "jobs.db")};Default Timeout=30").AddInterceptors(new SqlitePragmas()).Options;
        _create = () => new JobDbContext(sqlite);
    }

    /// <inheritdoc />
    public JobDbContext CreateDbContext() => _create();
}
