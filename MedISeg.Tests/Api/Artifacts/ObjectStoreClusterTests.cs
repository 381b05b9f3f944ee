using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Artifacts;

/// <summary>Several processes on one PostgreSQL and one object store, each with a folder of its own.</summary>
public sealed class ObjectStoreClusterTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly GridSize SlowGrid = new(36, 36, 36);

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings = [];
    private S3Server _s3 = null!;
    private int _processes;

    public async ValueTask InitializeAsync()
    {
        _s3 = await S3Server.StartAsync();
        string models = Path.Combine(_folder.Path, "models"), keys = Path.Combine(_folder.Path, "keys");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        await File.WriteAllTextAsync(keys, new string('a', 64));
        foreach ((string key, string value) in new Dictionary<string, string>(_s3.Settings())
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Models:Root"] = models, ["Models:Threads"] = "1", ["Data:EncryptionKeyFile"] = keys,
            ["Jobs:ProgressInterval"] = "00:00:00.1", ["Jobs:Lease"] = "00:00:02", ["Data:Postgres"] = await server.CreateDatabaseAsync(),
        }) _settings[key] = value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_s3 is not null) await _s3.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Job_OfOneApi_IsRunByAWorkerAndReadAtAnotherApi()
    {
        await using ServiceProcess first = Start("api"), second = Start("api"), worker = Start("worker");
        using HttpClient submitting = await first.ClientAsync(), reading = await second.ClientAsync();
        (HttpContent body, string query) = TestSeries.Send("parts", TestSeries.Files());

        string id = await submitting.QueueAsync(body, query);
        JsonNode job = await submitting.JobAtEndAsync(id);

        Assert.Equal("succeeded", (string?)job["state"]);
        TestSeries.AssertMask(await reading.GetByteArrayAsync($"{Jobs}/{id}/result"));
        await submitting.UntilAsync(() => _s3.Objects.Keys.SequenceEqual([$"hospital/a/jobs/{id}/result-1"]));
        (await reading.DeleteAsync($"{Jobs}/{id}")).Dispose();
        Assert.Empty(_s3.Objects);
        Assert.Empty(_s3.Forged);
        // Nothing of it stays with anyone.
        await submitting.UntilAsync(() => !Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Any(path => path.Contains(id, StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Kill_WorkerInMidJob_AnotherWithAFolderOfItsOwnFinishesIt()
    {
        await using ServiceProcess api = Start("api"), doomed = Start("worker");
        using HttpClient client = await api.ClientAsync();
        string id = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(SlowGrid)), "analytic", ApiHost.SlowOptions));
        await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        await doomed.KillAsync();
        await using ServiceProcess heir = Start("worker");

        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Equal(("succeeded", 2), ((string)job["state"]!, (int)job["attempts"]!));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        await client.UntilAsync(() => _s3.Objects.Keys.SequenceEqual([$"hospital/a/jobs/{id}/result-2"]));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Kill_WorkerWhileItSendsTheResult_AnotherPublishesItsOwn()
    {
        await using ServiceProcess api = Start("api"), doomed = Start("worker");
        using HttpClient client = await api.ClientAsync();
        TaskCompletionSource sending = new(TaskCreationOptions.RunContinuationsAsynchronously), go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _s3.Before = (method, key) =>
        {
            if (method != "PUT" || !key.EndsWith("/result-1", StringComparison.Ordinal)) return Task.CompletedTask;
            sending.TrySetResult();
            return go.Task;
        };
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await sending.Task.WaitAsync(TimeSpan.FromMinutes(3));

        await doomed.KillAsync();
        go.SetResult();
        await using ServiceProcess heir = Start("worker");

        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Equal(("succeeded", 2), ((string)job["state"]!, (int)job["attempts"]!));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), new GridSize(5, 7, 9));
        Assert.Contains($"hospital/a/jobs/{id}/result-2", _s3.Objects.Keys);
    }

    private ServiceProcess Start(string role) =>
        new(new Dictionary<string, string>(_settings) { ["Jobs:Role"] = role, ["Data:Root"] = Path.Combine(_folder.Path, $"process-{++_processes}") });
}
