using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Does what docs/operations.md says of backup, restore and upgrade.</summary>
public sealed class BackupTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private static readonly GridSize SlowGrid = new(36, 36, 36);

    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Backup_WhileItRuns_IsRestoredWithResultsAndQueue(bool postgres)
    {
        if (!postgres) ExternalTool.Require("sqlite3");
        Dictionary<string, string> settings = await SettingsAsync("data", postgres), restored = await SettingsAsync("restored", postgres);
        string backup = Directory.CreateDirectory(Path.Combine(_folder.Path, "backup")).FullName, done, failed, running, after;
        string[] queued;
        byte[] result;
        JsonNode document, problem;
        await using (ServiceProcess service = new(settings))
        {
            using HttpClient client = await service.ClientAsync();
            (done, failed) = (await client.QueueAsync(Form(TestImages.SmallNifti())), await client.QueueAsync(Form(TestImages.SmallNifti(gzip: false)[..400])));
            (document, problem) = (await client.JobAtEndAsync(done), await client.JobAtEndAsync(failed));
            result = await client.GetByteArrayAsync($"{Jobs}/{done}/result");
            running = await client.QueueAsync(Slow());
            queued = [await client.QueueAsync(Form(TestImages.SmallNifti())), await client.QueueAsync(Form(TestImages.SmallNifti()))];
            await client.JobWhenAsync(running, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

            await DoAsync("backup", settings, backup);

            Assert.NotEqual("succeeded", (string?)(await client.JobAsync(queued[^1]))["state"]);
            after = await client.QueueAsync(Form(TestImages.SmallNifti()));
            await service.KillAsync();
        }
        // What is left of the old one must not be needed.
        Directory.Delete(settings["Data:Root"], recursive: true);

        Directory.CreateDirectory(restored["Data:Root"]);
        await DoAsync("restore", restored, backup);

        await using ServiceProcess heir = new(restored);
        using HttpClient again = await heir.ClientAsync();
        AssertSame(document, await again.JobAsync(done));
        AssertSame(problem, await again.JobAsync(failed));
        Assert.Equal(result, await again.GetByteArrayAsync($"{Jobs}/{done}/result"));
        foreach (string id in queued) Assert.Equal("succeeded", (string?)(await again.JobAtEndAsync(id))["state"]);
        Assert.Equal("succeeded", (string?)(await again.JobAtEndAsync(running))["state"]);
        TestImages.AssertLabels(await again.GetByteArrayAsync($"{Jobs}/{running}/result"), SlowGrid);
        using HttpResponseMessage lost = await again.GetAsync($"{Jobs}/{after}");
        await ProblemAsync(lost, System.Net.HttpStatusCode.NotFound, "unknown-job");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_StoreOfTheFirstMigration_KeepsAllJobs(bool postgres)
    {
        Dictionary<string, string> settings = await SettingsAsync("data", postgres), old = await SettingsAsync("old", postgres);
        string done, failed, queued;
        byte[] result;
        JsonNode document, problem;
        await using (ServiceProcess service = new(settings))
        {
            using HttpClient client = await service.ClientAsync();
            (done, failed) = (await client.QueueAsync(Form(TestImages.SmallNifti())), await client.QueueAsync(Form(TestImages.SmallNifti(gzip: false)[..400])));
            (document, problem) = (await client.JobAtEndAsync(done), await client.JobAtEndAsync(failed));
            result = await client.GetByteArrayAsync($"{Jobs}/{done}/result");
            queued = await client.QueueAsync(Slow());
            await client.JobWhenAsync(queued, job => (double)job["percent"]! > 0);
            Assert.Equal(0, await service.StopAsync());
        }
        await ExternalTool.OutputAsync("cp", "-a", settings["Data:Root"], old["Data:Root"]);
        foreach (string file in Directory.GetFiles(old["Data:Root"], "jobs.db*")) File.Delete(file);
        Assert.Equal(3, await CopyToFirstMigrationAsync(settings, old));

        await using ServiceProcess upgraded = new(old);
        using HttpClient again = await upgraded.ClientAsync();

        AssertSame(document, await again.JobAsync(done));
        AssertSame(problem, await again.JobAsync(failed));
        Assert.Equal(result, await again.GetByteArrayAsync($"{Jobs}/{done}/result"));
        Assert.Equal(("succeeded", 1), await again.JobAtEndAsync(queued) is var job ? ((string)job["state"]!, (int)job["attempts"]!) : default);
        TestImages.AssertLabels(await again.GetByteArrayAsync($"{Jobs}/{queued}/result"), SlowGrid);
        await using ServiceProvider services = Services(old);
        await using JobDbContext db = services.GetRequiredService<JobContexts>().CreateDbContext();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    /// <summary>Makes a store as the first version made it, and gives it the rows of another one, as far as it has columns for them.</summary>
    /// <returns>Number of rows.</returns>
    private static async Task<int> CopyToFirstMigrationAsync(Dictionary<string, string> from, Dictionary<string, string> to)
    {
        await using ServiceProvider sources = Services(from), targets = Services(to);
        await using JobDbContext source = sources.GetRequiredService<JobContexts>().CreateDbContext(), target = targets.GetRequiredService<JobContexts>().CreateDbContext();
        await target.GetService<IMigrator>().MigrateAsync("Initial");
        Assert.Single(await target.Database.GetAppliedMigrationsAsync());
        await source.Database.OpenConnectionAsync();
        await target.Database.OpenConnectionAsync();
        string[] columns;
        await using (DbCommand look = target.Database.GetDbConnection().CreateCommand())
        {
            look.CommandText = "SELECT * FROM jobs";
            await using DbDataReader none = await look.ExecuteReaderAsync(CommandBehavior.SchemaOnly);
            columns = [.. Enumerable.Range(0, none.FieldCount).Select(none.GetName).Where(name => name != nameof(JobRecord.Sequence))];
        }
        Assert.DoesNotContain(nameof(JobRecord.Turn), columns);
        await using DbCommand read = source.Database.GetDbConnection().CreateCommand();
        read.CommandText = $"SELECT {Quoted(columns)} FROM jobs ORDER BY \"Sequence\"";
        await using DbDataReader rows = await read.ExecuteReaderAsync();
        int count = 0;
        for (; await rows.ReadAsync(); count++)
        {
            await using DbCommand insert = target.Database.GetDbConnection().CreateCommand();
            insert.CommandText = $"INSERT INTO jobs ({Quoted(columns)}) VALUES ({string.Join(", ", columns.Select((_, n) => "@p" + n))})";
            for (int n = 0; n < columns.Length; n++)
            {
                DbParameter value = insert.CreateParameter();
                (value.ParameterName, value.Value) = ("@p" + n, rows.GetValue(n));
                insert.Parameters.Add(value);
            }
            await insert.ExecuteNonQueryAsync();
        }
        return count;
    }

    private static string Quoted(string[] columns) => string.Join(", ", columns.Select(name => $"\"{name}\""));

    private static ServiceProvider Services(Dictionary<string, string> settings) => new ServiceCollection().AddSingleton<JobFiles>().AddSingleton<JobContexts>()
        .AddSingleton(Microsoft.Extensions.Options.Options.Create(new DataOptions { Root = settings["Data:Root"], Postgres = settings.GetValueOrDefault("Data:Postgres") }))
        .BuildServiceProvider();

    private async Task<Dictionary<string, string>> SettingsAsync(string name, bool postgres)
    {
        string models = Path.Combine(_folder.Path, "models");
        if (!Directory.Exists(models)) AnalyticPackages.Write(models, ApiHost.Volumes);
        Dictionary<string, string> settings = new()
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = Path.Combine(_folder.Path, name), ["Models:Root"] = models, ["Models:Threads"] = "1",
            ["Jobs:ProgressInterval"] = "00:00:00.1", ["Jobs:Lease"] = "00:00:02",
        };
        if (postgres) settings["Data:Postgres"] = await server.CreateDatabaseAsync();
        return settings;
    }

    /// <summary>Runs the commands of the document that begin with this word.</summary>
    private static async Task DoAsync(string what, Dictionary<string, string> settings, string backup)
    {
        string document = await File.ReadAllTextAsync(RepositoryRoot.Of("docs", "operations.md"));
        string commands = document.Split("```sh\n").Single(part => part.StartsWith($"# {what}\n", StringComparison.Ordinal)).Split("```")[0];
        Dictionary<string, string> environment = new() { ["DATA"] = settings["Data:Root"], ["BACKUP"] = backup };
        if (settings.TryGetValue("Data:Postgres", out string? connection))
        {
            NpgsqlConnectionStringBuilder to = new(connection);
            environment["DB"] = string.Create(CultureInfo.InvariantCulture, $"postgresql://{to.Username}@{to.Host}:{to.Port}/{to.Database}");
        }
        using Process shell = RepositoryRoot.Start("sh", environment, "-c", commands);
        Task<string> output = shell.StandardOutput.ReadToEndAsync(), errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, await output + await errors);
    }

    private static MultipartFormDataContent Slow() => Form(TestImages.Nifti(TestImages.Create(SlowGrid)), "analytic", ApiHost.SlowOptions);

    private static void AssertSame(JsonNode before, JsonNode after) => Assert.True(JsonNode.DeepEquals(before, after), $"{before}\n{after}");
}
