using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Api.Telemetry;
using MedISeg.Tests.Support;
using Npgsql;
using RabbitMQ.Client;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Several processes on one PostgreSQL, one RabbitMQ and one folder.</summary>
public sealed class DispatchTests(PostgresServer database, RabbitServer broker) : IClassFixture<PostgresServer>, IClassFixture<RabbitServer>, IAsyncLifetime
{
    private const string Dead = "mediseg.dead";

    private static readonly GridSize SlowGrid = new(52, 52, 52);

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings = [];

    /// <summary>Another one a test, and so are its queues: of one that is deleted while somebody declares it, this broker keeps a name without a queue.</summary>
    private readonly string _model = "test-" + Guid.NewGuid().ToString("N");

    public async ValueTask InitializeAsync()
    {
        broker.Require();
        AnalyticPackages.Write(Models, ApiHost.Volumes with { Name = _model });
        foreach ((string key, string value) in new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = Models,
            ["Models:Threads"] = "1", ["Jobs:ProgressInterval"] = "00:00:00.1", ["Jobs:Lease"] = "00:00:02",
            ["Data:Postgres"] = await database.CreateDatabaseAsync(), ["Data:RabbitMq"] = broker.Address,
        }) _settings[key] = value;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Models => Path.Combine(_folder.Path, "models");

    private string Second => _model + "-second";

    private string High => $"mediseg.{_model}.high";

    private string Normal => $"mediseg.{_model}.normal";

    private string Low => $"mediseg.{_model}.low";

    [Fact]
    public async Task Job_OfOneApi_IsRunByAWorkerWithItsTokenAndFollowedAtAnotherApi()
    {
        await using ServiceProcess first = Start("api"), second = Start("api"), worker = Start("worker");
        using HttpClient submitting = await first.ClientAsync(), following = await second.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(submitting, following, working);

        string id = await submitting.QueueAsync(Slow());
        (string Event, JsonNode Data)[] events = await following.FollowAsync(id);

        Assert.Contains(events, e => e.Event == "progress" && (double)e.Data["percent"]! is > 0 and < 100);
        Assert.Equal(("done", "succeeded"), (events[^1].Event, (string)events[^1].Data["state"]!));
        Assert.Equal(("succeeded", 1), Outcome(await submitting.JobAtEndAsync(id)));
        TestImages.AssertLabels(await following.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        Assert.Equal(1, await TokensAsync(working, "job"));
        // A token that was not acknowledged would come back.
        await worker.StopAsync();
        Assert.Equal(0u, await broker.CountAsync(Normal));
    }

    [Fact]
    public async Task Kill_WorkerInMidJob_AnotherFinishesItOnce()
    {
        await using ServiceProcess api = Start("api"), one = Start("worker"), two = Start("worker");
        using HttpClient client = await api.ClientAsync(), first = await one.ClientAsync(), second = await two.ClientAsync();
        await ConnectedAsync(client, first, second);
        string id = await client.QueueAsync(Slow());
        await client.JobWhenAsync(id, Moves);
        (ServiceProcess doomed, HttpClient heir) = await TokensAsync(first, "job") == 1 ? (one, second) : (two, first);

        await doomed.KillAsync();

        Assert.Equal(("succeeded", 2), Outcome(await client.JobAtEndAsync(id)));
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        Assert.Equal(["result-2"], Results(id));
        Assert.Equal(1, await TokensAsync(heir, "job"));
        await broker.UntilAsync(Normal, 0);
        Assert.Null(await LetterAsync());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Stop_WorkerInMidJob_PutsItBackWithANewToken()
    {
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);
        string id = await client.QueueAsync(Slow());
        await client.JobWhenAsync(id, Moves);

        Assert.Equal(0, await worker.StopAsync());

        await broker.UntilAsync(Normal, 1);
        await using ServiceProcess heir = Start("worker");
        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        await broker.UntilAsync(Normal, 0);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Purge_QueueByHand_IsFilledAgain()
    {
        await using ServiceProcess api = Start("api");
        using HttpClient client = await api.ClientAsync();
        await ConnectedAsync(client);
        string[] ids = [await client.QueueAsync(Small()), await client.QueueAsync(Small()), await client.QueueAsync(Small())];
        await broker.UntilAsync(Normal, 3);

        await broker.AskAsync(channel => channel.QueuePurgeAsync(Normal));

        await broker.UntilAsync(Normal, 3);
        await using ServiceProcess worker = Start("worker");
        foreach (string id in ids) Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        await broker.UntilAsync(Normal, 0);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Purge_WhereNoProcessLeads_WorkersLookForThemselves()
    {
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);
        string busy = await client.QueueAsync(Slow());
        await client.JobWhenAsync(busy, Moves);
        string id = await client.QueueAsync(Small());
        await broker.UntilAsync(Normal, 1);

        await api.KillAsync();
        await broker.AskAsync(channel => channel.QueuePurgeAsync(Normal));

        await working.UntilAsync(() => Results(id).Length == 1);
        Assert.Equal(["result-1"], Results(id));
    }

    [Fact]
    public async Task Delete_QueueByHand_IsMadeAgain()
    {
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);
        await client.JobAtEndAsync(await client.QueueAsync(Small()));
        await broker.UntilAsync(Normal, 0);

        await broker.AskAsync(channel => channel.QueueDeleteAsync(Normal));
        string id = await client.QueueAsync(Small());

        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        await broker.UntilAsync(Normal, 0);
    }

    [Fact]
    public async Task Tokens_OfHigherClasses_AreServedFirst()
    {
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);
        string busy = await client.QueueAsync(Long());
        await client.JobWhenAsync(busy, Moves);
        string low = await client.QueueAsync(Small()), normal = await client.QueueAsync(Small()), high = await client.QueueAsync(Small());
        await broker.UntilAsync(Normal, 3);
        // As routing rules give them; the two tokens too many in the queue find no job.
        await SqlAsync($"""UPDATE jobs SET "Priority" = CASE "Id" WHEN '{low}' THEN -3 ELSE 3 END WHERE "Id" <> '{normal}'""");
        await broker.UntilAsync(High, 1);
        await broker.UntilAsync(Low, 1);
        Assert.Equal("running", (string?)(await client.JobAsync(busy))["state"]);

        (await client.DeleteAsync($"{Jobs}/{busy}")).Dispose();

        Dictionary<string, DateTimeOffset> started = [];
        foreach (string id in new[] { low, normal, high })
            started[id] = DateTimeOffset.Parse((string)(await client.JobAtEndAsync(id))["startedAt"]!, CultureInfo.InvariantCulture);

        Assert.Equal([high, normal, low], started.OrderBy(one => one.Value).Select(one => one.Key));
        Assert.Equal(4, await TokensAsync(working, "job"));
        await broker.UntilAsync(Normal, 0);
    }

    [Fact]
    public async Task Post_ThirtyJobs_ThreeWorkersRunEachOnce()
    {
        await using ServiceProcess api = Start("api"), one = Start("worker"), two = Start("worker"), three = Start("worker");
        using HttpClient client = await api.ClientAsync(), first = await one.ClientAsync(), second = await two.ClientAsync(), third = await three.ClientAsync();
        await ConnectedAsync(client, first, second, third);
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(14, 14, 14)));

        string[] ids = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => client.QueueAsync(Form(image, _model, ApiHost.SlowOptions))));

        foreach (string id in ids)
        {
            Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
            Assert.Equal(["result-1"], Results(id));
        }
        double[] shares = [await TokensAsync(first, "job"), await TokensAsync(second, "job"), await TokensAsync(third, "job")];
        Assert.Equal(30, shares.Sum());
        Assert.All(shares, share => Assert.InRange(share, 1, 28));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_OfSomeModels_LeavesJobsOfOthersToOthers(bool brokered)
    {
        if (!brokered) _settings.Remove("Data:RabbitMq");
        AnalyticPackages.Write(Models, ApiHost.Volumes with { Name = Second });
        await using ServiceProcess api = Start("api"), some = Start("worker", ("Jobs:Models:0", _model));
        using HttpClient client = await api.ClientAsync(), working = await some.ClientAsync();
        if (brokered) await ConnectedAsync(client, working);
        string other = await client.QueueAsync(Form(TestImages.SmallNifti(), Second)), own = await client.QueueAsync(Small());

        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(own))["state"]);

        Assert.Equal("queued", (string?)(await client.JobAsync(other))["state"]);
        await using ServiceProcess rest = Start("worker", ("Jobs:Models:0", Second));
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(other))["state"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Worker_PackageThatCameSinceItLooked_IsFound(bool brokered)
    {
        if (!brokered) _settings.Remove("Data:RabbitMq");
        await using ServiceProcess api = Start("api", ("Models:ScanInterval", "00:00:00.2")), worker = Start("worker", ("Models:ScanInterval", "00:00:00"));
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await working.UntilReadyAsync();
        if (brokered) await ConnectedAsync(client, working);

        AnalyticPackages.Write(Models, ApiHost.Volumes with { Name = Second });
        while ((await client.GetAsync($"/v1/models/{Second}")).StatusCode != HttpStatusCode.OK) await Task.Delay(100);
        string id = await client.QueueAsync(Form(TestImages.SmallNifti(), Second));

        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Start_BrokerAway_WorkersLookIntoTheStore()
    {
        _settings["Data:RabbitMq"] = "amqp://guest:CANARY@127.0.0.1:1/";
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();

        for (int n = 0; n < 3; n++) Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(await client.QueueAsync(Small()))));

        Assert.Equal(HttpStatusCode.OK, (await working.GetAsync("/health/ready")).StatusCode);
        Assert.False((bool)JsonNode.Parse(await working.GetStringAsync("/v1/system"))!["brokerConnected"]!);
        Assert.Contains(MetricSample.Parse(await working.GetStringAsync("/metrics")), sample => sample is { Name: "mediseg_broker_connected", Value: 0 });
        // Several tries, one line.
        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.Single(worker.Lines, line => line.Contains("The broker is away", StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Data:Postgres", null, "Data:RabbitMq is set, and the store is this process's own")]
    [InlineData("Data:RabbitMq", "http://CANARY@127.0.0.1", "Data:RabbitMq wants an address")]
    [InlineData("Data:RabbitMq", "CANARY", "Data:RabbitMq wants an address")]
    [InlineData("Jobs:Models:0", "Not/AName", "Jobs:Models wants names")]
    public async Task Start_BadSetting_IsRefusedWithAReason(string key, string? value, string reason)
    {
        _settings.Remove(key);
        if (value is not null) _settings[key] = value;
        await using ServiceProcess service = Start("all");

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(service.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Poison_JobThatKillsItsWorkers_EndsAsDeadLetterWithAReason()
    {
        _settings["Jobs:MaxAttempts"] = "2";
        await using ServiceProcess api = Start("api");
        using HttpClient client = await api.ClientAsync();
        await ConnectedAsync(client);
        string id = await client.QueueAsync(Slow());
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            await using ServiceProcess victim = Start("worker");
            await client.JobWhenAsync(id, job => (int)job["attempts"]! == attempt && Moves(job));
            await victim.KillAsync();
        }

        JsonNode job = await client.JobAtEndAsync(id);

        Assert.Equal(("dead-lettered", 2), Outcome(job));
        Assert.Equal("job-abandoned", (string?)job["problem"]!["code"]);
        Assert.Contains("ended 2 times", (string?)job["problem"]!["detail"], StringComparison.Ordinal);
        await broker.UntilAsync(Dead, 1);
        BasicGetResult letter = (await LetterAsync())!;
        JsonNode said = JsonNode.Parse(Encoding.UTF8.GetString(letter.Body.Span))!;
        Assert.Equal((id, "job-abandoned"), ((string)said["job"]!, (string)said["code"]!));
        // The next job is not held up.
        await using ServiceProcess worker = Start("worker");
        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(await client.QueueAsync(Small()))));
        await broker.UntilAsync(Normal, 0);
    }

    [Fact]
    public async Task Token_ThatComesBackTooOften_IsADeadLetterAndReplaced()
    {
        await using ServiceProcess api = Start("api");
        using HttpClient client = await api.ClientAsync();
        await ConnectedAsync(client);
        string id = await client.QueueAsync(Small());
        await broker.UntilAsync(Normal, 1);

        await broker.AskAsync(async channel =>
        {
            for (int n = 0; n <= BrokerLink.DeliveryLimit; n++)
            {
                BasicGetResult? token;
                while ((token = await channel.BasicGetAsync(Normal, autoAck: false)) is null) await Task.Delay(20);
                await channel.BasicNackAsync(token.DeliveryTag, multiple: false, requeue: true);
            }
            return true;
        });

        await broker.UntilAsync(Dead, 1);
        Assert.Equal(0, (await LetterAsync())!.Body.Length);
        await broker.UntilAsync(Normal, 1);
        await using ServiceProcess worker = Start("worker");
        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Job_LongerThanLeaseAndHeartbeat_StaysWithItsSlowWorker()
    {
        _settings["Jobs:Lease"] = "00:00:01";
        await using ServiceProcess api = Start("api"), slow = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await slow.ClientAsync();
        await ConnectedAsync(client, working);
        string id = await client.QueueAsync(Long());
        await client.JobWhenAsync(id, Moves);
        await using ServiceProcess idle = Start("worker");
        using HttpClient waiting = await idle.ClientAsync();
        await ConnectedAsync(waiting);
        // There may have been one too many.
        await broker.UntilAsync(Normal, 0);
        double before = await TokensAsync(waiting, "none");
        await Task.Delay(TimeSpan.FromSeconds(4 * RabbitServer.HeartbeatSeconds));

        Assert.Equal("running", (string?)(await client.JobAsync(id))["state"]);
        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        Assert.Equal(["result-1"], Results(id));
        // It never came back to the queue, where the idle one would have found it.
        Assert.Equal((1, 0, before), (await TokensAsync(working, "job"), await TokensAsync(waiting, "job"), await TokensAsync(waiting, "none")));
        Assert.DoesNotContain(slow.Lines, line => line.Contains("The broker is away", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Restart_BrokerAndDatabaseInTurn_JobsEndOnceAndNothingIsLost()
    {
        _settings["Jobs:Lease"] = "00:00:05";
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);
        string running = await client.QueueAsync(Slow()), waiting = await client.QueueAsync(Small());
        await client.JobWhenAsync(running, Moves);

        await broker.KillAsync();
        string without;
        try
        {
            without = await client.QueueAsync(Small());
            foreach (string id in new[] { running, waiting, without }) Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        }
        finally
        {
            await broker.StartAsync();
        }
        await ConnectedAsync(client, working);
        // Tokens of jobs that were done meanwhile find none.
        await broker.UntilAsync(Normal, 0);
        double before = await TokensAsync(working, "job");
        string after = await client.QueueAsync(Slow());
        await client.JobWhenAsync(after, Moves);
        Assert.Equal(before + 1, await TokensAsync(working, "job"));

        string behind = await client.QueueAsync(Small());
        await database.StopAsync();
        try
        {
            // Longer than a lease: nobody can renew, and nobody is taken for dead.
            await Task.Delay(TimeSpan.FromSeconds(8));
        }
        finally
        {
            await database.StartAsync();
        }
        await client.UntilReadyAsync();
        foreach (string id in new[] { after, behind }) Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        foreach (string id in new[] { running, after }) TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), SlowGrid);
        foreach (string id in new[] { running, waiting, without, after, behind }) Assert.Equal(["result-1"], Results(id));
        await broker.UntilAsync(Normal, 0);
        Assert.Null(await LetterAsync());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Job_LongerThanTheConsumerTimeout_EndsOnce()
    {
        await using RabbitServer impatient = new() { ConsumerTimeout = TimeSpan.FromSeconds(1) };
        await impatient.InitializeAsync();
        _settings["Data:RabbitMq"] = impatient.Address;
        await using ServiceProcess api = Start("api"), worker = Start("worker");
        using HttpClient client = await api.ClientAsync(), working = await worker.ClientAsync();
        await ConnectedAsync(client, working);

        string id = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(new GridSize(60, 60, 60))), _model, ApiHost.SlowOptions));

        Assert.Equal(("succeeded", 1), Outcome(await client.JobAtEndAsync(id)));
        Assert.Contains(worker.Lines, line => line.Contains("The broker is away", StringComparison.Ordinal) && line.Contains("406", StringComparison.Ordinal));
        Assert.Equal(["result-1"], Results(id));
        await impatient.UntilAsync(Normal, 0);
    }

    [Fact]
    public void Factory_OfATlsAddress_WantsACertificateOfThatName()
    {
        ConnectionFactory factory = BrokerLink.Factory(new Uri("amqps://user:password@broker.example/clinic"));

        Assert.Equal((true, System.Net.Security.SslPolicyErrors.None, "broker.example"), (factory.Ssl.Enabled, factory.Ssl.AcceptablePolicyErrors, factory.Ssl.ServerName));
        Assert.Equal(("broker.example", 5671, "clinic", "user"), (factory.HostName, factory.Port, factory.VirtualHost, factory.UserName));
        Assert.Same(factory.Ssl, factory.Endpoint.Ssl);
    }

    private MultipartFormDataContent Slow() => Form(TestImages.Nifti(TestImages.Create(SlowGrid)), _model, ApiHost.SlowOptions);

    /// <summary>Takes minutes, or half of one on a fast machine.</summary>
    private MultipartFormDataContent Long() => Form(TestImages.Nifti(TestImages.Create(new GridSize(130, 130, 130))), _model, ApiHost.SlowOptions);

    private MultipartFormDataContent Small() => Form(TestImages.SmallNifti(), _model);

    /// <summary>Takes a dead letter away; a test leaves none to the next.</summary>
    private Task<BasicGetResult?> LetterAsync() => broker.AskAsync(channel => channel.BasicGetAsync(Dead, autoAck: true));

    private static bool Moves(JsonNode job) => (string)job["state"]! == "running" && (double)job["percent"]! > 0;

    private static (string State, int Attempts) Outcome(JsonNode job) => ((string)job["state"]!, (int)job["attempts"]!);

    private static async Task ConnectedAsync(params HttpClient[] clients)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        foreach (HttpClient client in clients)
            while ((bool?)JsonNode.Parse(await client.GetStringAsync("/v1/system", limit.Token))!["brokerConnected"] != true) await Task.Delay(50, limit.Token);
    }

    /// <summary>Tokens that a process took, by what it found.</summary>
    private static async Task<double> TokensAsync(HttpClient client, string found)
    {
        // The page is kept for 300 ms.
        await Task.Delay(TimeSpan.FromMilliseconds(600));
        return MetricSample.Parse(await client.GetStringAsync("/metrics")).Where(sample => sample.Name == "mediseg_tokens_total" && sample.Labels["found"] == found).Sum(sample => sample.Value);
    }

    private ServiceProcess Start(string role, params (string Key, string Value)[] more)
    {
        Dictionary<string, string> settings = new(_settings) { ["Jobs:Role"] = role };
        foreach ((string key, string value) in more) settings[key] = value;
        return new ServiceProcess(settings);
    }

    private string[] Results(string id) =>
        [.. Directory.GetDirectories(Path.Combine(_settings["Data:Root"], "jobs", id), "result-*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    private async Task SqlAsync(string sql)
    {
        await using NpgsqlConnection connection = new(_settings["Data:Postgres"] + ";Pooling=False");
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
