using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Api.Telemetry;
using MedISeg.Tests.Api.Webhooks;
using MedISeg.Tests.Support;
using Npgsql;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Several processes on one PostgreSQL and one folder.</summary>
public sealed class ClusterTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private static readonly GridSize SlowGrid = new(36, 36, 36);

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings = [];

    public async ValueTask InitializeAsync()
    {
        string models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        foreach ((string key, string value) in new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models,
            ["Models:Threads"] = "1", ["Jobs:ProgressInterval"] = "00:00:00.1", ["Jobs:Lease"] = "00:00:02", ["Data:Postgres"] = await server.CreateDatabaseAsync(),
        }) _settings[key] = value;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Job_OfOneApi_IsRunByAWorkerAndFollowedAtAnotherApi()
    {
        await using ServiceProcess first = Start("api"), second = Start("api"), worker = Start("worker");
        using HttpClient submitting = await first.ClientAsync(), following = await second.ClientAsync(), health = await worker.ClientAsync();

        string id = await submitting.QueueAsync(Slow());
        (string Event, JsonNode Data)[] events = await following.FollowAsync(id);

        Assert.Contains(events, e => e.Event == "progress" && (double)e.Data["percent"]! is > 0 and < 100);
        Assert.Equal(("done", "succeeded"), (events[^1].Event, (string)events[^1].Data["state"]!));
        Assert.Equal("succeeded", (string?)(await submitting.JobAtEndAsync(id))["state"]);
        TestImages.AssertLabels(await following.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        // A request that waits for its result hears of it although another process made it.
        using HttpResponseMessage waited = await submitting.PostAsync(Jobs, Form(TestImages.SmallNifti()));
        Assert.Equal(HttpStatusCode.Created, waited.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await health.GetAsync(Jobs)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await health.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task Kill_WorkerInMidJob_AnotherFinishesItOnce()
    {
        await using ServiceProcess api = Start("api"), doomed = Start("worker");
        using HttpClient client = await api.ClientAsync();
        string id = await client.QueueAsync(Slow());
        await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        await doomed.KillAsync();
        await using ServiceProcess heir = Start("worker");

        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Equal(("succeeded", 2), ((string)job["state"]!, (int)job["attempts"]!));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        Assert.Equal(["result-2"], Results(id));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Freeze_WorkerInMidJob_PublishesNothingWhenItWakes()
    {
        await using ServiceProcess api = Start("api"), frozen = Start("worker");
        using HttpClient client = await api.ClientAsync();
        string id = await client.QueueAsync(Slow());
        await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        await frozen.SignalAsync("STOP");
        await using ServiceProcess heir = Start("worker");
        JsonNode job = await client.JobAtEndAsync(id);
        await frozen.SignalAsync("CONT");

        Assert.Equal(("succeeded", 2), ((string)job["state"]!, (int)job["attempts"]!));
        // It stops at its next patch, and works on.
        await heir.StopAsync();
        string next = await client.QueueAsync(Form(TestImages.SmallNifti()));
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(next))["state"]);
        JsonNode still = await client.JobAtEndAsync(id);
        Assert.Equal(job["finishedAt"]!.ToString(), still["finishedAt"]!.ToString());
        Assert.Equal(["result-2"], Results(id));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        using HttpClient metrics = await frozen.ClientAsync();
        Assert.Contains(MetricSample.Parse(await metrics.GetStringAsync("/metrics")), sample => sample.Name == "mediseg_jobs_ended_total" && sample.Labels["state"] == "lost");
    }

    [Fact]
    public async Task Webhook_TwoApisAndAWorker_IsToldOnceOfEachJob()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        foreach ((string key, string value) in receiver.Settings()) _settings[key] = value;
        await using ServiceProcess first = Start("api"), second = Start("api"), worker = Start("worker");
        using HttpClient one = await first.ClientAsync(), other = await second.ClientAsync();
        const int Count = 6;
        List<string> ids = [];

        for (int n = 0; n < Count; n++)
        {
            MultipartFormDataContent form = Form(TestImages.SmallNifti());
            form.Add(new StringContent("his"), "notify");
            ids.Add(await (n % 2 == 0 ? one : other).QueueAsync(form));
        }
        foreach (string id in ids)
            Assert.Equal(1, (int)(await other.JobWhenAsync(id, job => (string?)job["notifications"]![0]!["state"] == "delivered"))["notifications"]![0]!["attempts"]!);

        Assert.Equal(ids.Order(StringComparer.Ordinal), receiver.Calls.Select(call => (string)JsonNode.Parse(call.Body)!["id"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Delete_AtAnApi_StopsTheWorkerAndLeavesNothing()
    {
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync();
        string id = await client.QueueAsync(Slow());
        await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        using HttpResponseMessage deleted = await client.DeleteAsync($"{Jobs}/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        string next = await client.QueueAsync(Form(TestImages.SmallNifti()));
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(next))["state"]);
        await client.UntilAsync(() => !Directory.Exists(Path.Combine(_settings["Data:Root"], "jobs", id)));
    }

    [Fact]
    public async Task Start_ManyAtOnceOnAnEmptyDatabase_MakeOneFirstKey()
    {
        _settings["Auth:Mode"] = "keys";
        await using ServiceProcess first = Start("all"), second = Start("all"), third = Start("api");
        foreach (ServiceProcess service in new[] { first, second, third })
        {
            using HttpClient client = await service.ClientAsync();
            string key = (await File.ReadAllTextAsync(Path.Combine(_settings["Data:Root"], "first-api-key"))).Trim();
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Jobs)).StatusCode);
        }
    }

    [Fact]
    public async Task Start_DatabaseDoesNotExist_IsRefusedWithAReason()
    {
        _settings["Data:Postgres"] = new NpgsqlConnectionStringBuilder(_settings["Data:Postgres"]) { Port = 1, Password = "CANARY" }.ConnectionString;
        await using ServiceProcess service = Start("all");

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.StartsWith("MedISeg does not start: The database of Data:Postgres cannot be used", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_RoleWithoutASharedStore_IsRefusedWithAReason()
    {
        _settings.Remove("Data:Postgres");
        await using ServiceProcess service = Start("worker");

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.Contains("Jobs:Role is not all", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Restart_DatabaseInMidJob_JobEndsAndNothingIsLost()
    {
        _settings["Jobs:Lease"] = "00:00:05";
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync();
        string id = await client.QueueAsync(Slow()), behind = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        await server.StopAsync();
        HttpStatusCode status;
        try
        {
            using HttpResponseMessage refused = await client.GetAsync("/health/ready");
            status = refused.StatusCode;
            Assert.Equal("""{"store":false,"models":true,"worker":true,"disk":true,"running":true}""", (await JsonAsync(refused))["checks"]!.ToJsonString());
            using HttpResponseMessage list = await client.GetAsync(Jobs);
            await ProblemAsync(list, HttpStatusCode.ServiceUnavailable, "store-unavailable");
            Assert.Equal("10", list.Headers.GetValues("Retry-After").Single());
            // Longer than a lease: nobody can renew, and nobody is taken for dead.
            await Task.Delay(TimeSpan.FromSeconds(8));
        }
        finally
        {
            await server.StartAsync();
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);

        await client.UntilReadyAsync();
        JsonNode job = await client.JobAtEndAsync(id);
        Assert.Equal(("succeeded", 1), ((string)job["state"]!, (int)job["attempts"]!));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(behind))["state"]);
        // The line to the others is there again.
        string next = await client.QueueAsync(Form(TestImages.SmallNifti()));
        Assert.Equal(("done", "succeeded"), (await client.FollowAsync(next))[^1] is var last ? (last.Event, (string)last.Data["state"]!) : default);
    }

    private static MultipartFormDataContent Slow() => Form(TestImages.Nifti(TestImages.Create(SlowGrid)), "analytic", ApiHost.SlowOptions);

    private ServiceProcess Start(string role) => new(new Dictionary<string, string>(_settings) { ["Jobs:Role"] = role });

    private string[] Results(string id) =>
        [.. Directory.GetDirectories(Path.Combine(_settings["Data:Root"], "jobs", id), "result-*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];
}
