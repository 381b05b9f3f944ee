using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Api.Pacs;
using MedISeg.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Artifacts;

/// <summary>Inputs and results in an object store.</summary>
public sealed class ObjectStoreTests : IAsyncLifetime
{
    private static readonly GridSize Grid = new(5, 7, 9);

    private S3Server _s3 = null!;

    public async ValueTask InitializeAsync() => _s3 = await S3Server.StartAsync();

    public ValueTask DisposeAsync()
    {
        Assert.Empty(_s3.Forged);
        return _s3.DisposeAsync();
    }

    [Fact]
    public async Task Job_Ends_OnlyItsResultIsKeptAndNothingStaysInTheWorkFolder()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();

        using HttpResponseMessage response = await client.PostAsync(Form(TestImages.SmallNifti()));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestImages.AssertLabels(await response.Content.ReadAsByteArrayAsync(), Grid);
        string id = response.Headers.Location!.OriginalString[(Jobs.Length + 1)..];
        await client.UntilAsync(() => _s3.Objects.Keys.SequenceEqual([$"hospital/a/jobs/{id}/result-1"]) && !WorkFiles(host).Any());
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result?format=nii"), Grid);
        await client.UntilAsync(() => !WorkFiles(host).Any());

        using HttpResponseMessage deleted = await client.DeleteAsync($"{Jobs}/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(_s3.Objects);
    }

    [Fact]
    public async Task Job_DicomSeries_GivesTheSameSegmentationAsInAFolder()
    {
        await using ApiHost host = new(_s3.Settings()), plain = new();
        foreach (HttpClient client in new[] { host.CreateClient(), plain.CreateClient() })
        {
            (HttpContent body, string query) = TestSeries.Send("parts", TestSeries.Files());
            using HttpResponseMessage response = await client.PostAsync(body, query, "wait=60");
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
            // Made from what is kept beside it.
            string address = response.Headers.Location!.OriginalString;
            Assert.NotEmpty(await client.GetByteArrayAsync(address + "/result?format=rtstruct"));
            using HttpResponseMessage absent = await client.GetAsync(address + "/result?output=entropy");
            await ProblemAsync(absent, HttpStatusCode.NotAcceptable, "not-acceptable");
        }
        // Nothing is kept apart where nothing asks for it.
        Assert.False(Directory.Exists(Path.Combine(plain.DataRoot, "work")));
    }

    [Fact]
    public async Task Job_LargerThanAPart_ComesThroughWhole()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        GridSize grid = new(130, 160, 161);
        Volume volume = TestImages.Create(grid);
        Task held = Hold("GET", "/input", out TaskCompletionSource go);

        string id = await client.QueueAsync(Form(TestImages.Nifti(volume, gzip: false), null, "{\"slidingWindow\":{\"overlap\":[0]}}"));
        await held;

        Assert.InRange(_s3.Objects[$"hospital/a/jobs/{id}/input"].Bytes.Length, 6_000_000, 7_000_000);
        Assert.Contains(_s3.Requests, request => request.StartsWith("POST ", StringComparison.Ordinal));
        using HttpResponseMessage deleted = await client.DeleteAsync($"{Jobs}/{id}");
        go.SetResult();
        await client.UntilAsync(() => _s3.Objects.IsEmpty && !WorkFiles(host).Any());
    }

    [Fact]
    public async Task Post_StoreAway_IsUnavailableAndLeavesNothing()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        await client.UntilReadyAsync();
        foreach (int status in new[] { 503, 0, 403, 404, 307 })
        {
            _s3.Fault = (_, _) => status;
            using HttpResponseMessage response = await client.PostAsync(Form(TestImages.SmallNifti()), prefer: "respond-async");
            await ProblemAsync(response, HttpStatusCode.ServiceUnavailable, "store-unavailable");
            Assert.Equal("10", response.Headers.GetValues("Retry-After").Single());
        }
        Assert.Empty((await JsonAsync(await client.GetAsync(Jobs)))["items"]!.AsArray());
        Assert.Empty(WorkFiles(host));
        Assert.Empty(_s3.Objects);

        _s3.Fault = (_, _) => null;

        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(await client.QueueAsync(Form(TestImages.SmallNifti()))))["state"]);
    }

    [Theory]
    [InlineData("GET", "/input", 503)]
    [InlineData("GET", "/input", 0)]
    [InlineData("PUT", "/result-1", 500)]
    [InlineData("HEAD", "/result-1", 503)]
    public async Task Job_StoreAwayForAWhile_SucceedsAtItsFirstStart(string method, string name, int status)
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        int failures = 0;
        _s3.Fault = (asked, key) => asked == method && key.EndsWith(name, StringComparison.Ordinal) && Interlocked.Increment(ref failures) <= 3 ? status : null;

        JsonNode job = await client.JobAtEndAsync(await client.QueueAsync(Form(TestImages.SmallNifti())));

        Assert.Equal(("succeeded", 1), ((string)job["state"]!, (int)job["attempts"]!));
        Assert.True(failures > 3);
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{(string)job["id"]!}/result"), Grid);
    }

    [Fact]
    public async Task Result_StoreAwayOrObjectGone_IsUnavailableOrUnknown()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);

        _s3.Fault = (_, _) => 503;
        using HttpResponseMessage away = await client.GetAsync($"{Jobs}/{id}/result");
        await ProblemAsync(away, HttpStatusCode.ServiceUnavailable, "store-unavailable");
        Assert.Equal("10", away.Headers.GetValues("Retry-After").Single());
        _s3.Fault = (_, _) => null;
        _s3.Objects.Clear();

        using HttpResponseMessage gone = await client.GetAsync($"{Jobs}/{id}/result");
        await ProblemAsync(gone, HttpStatusCode.NotFound, "unknown-job");
        await client.UntilAsync(() => !WorkFiles(host).Any());
    }

    [Fact]
    public async Task Post_ResultCannotBeFetchedYet_SaysWhichJobHasIt()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        _s3.Fault = (method, key) => method == "GET" && key.EndsWith("/result-1", StringComparison.Ordinal) ? 503 : null;

        using HttpResponseMessage response = await client.PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.ServiceUnavailable, "store-unavailable");
        _s3.Fault = (_, _) => null;
        TestImages.AssertLabels(await client.GetByteArrayAsync((string)problem["instance"]! + "/result"), Grid);
    }

    [Fact]
    public async Task Job_OfAnArchive_IsDeliveredFromTheStore()
    {
        using MemoryArchive archive = new(TestSeries.Files());
        await using ApiHost host = PacsHost.Create(() => archive, _s3.Settings());
        HttpClient client = host.CreateClient();

        string id = await client.QueueAsync(archive.Study, archive.Series);

        await client.DeliveryAsync(id, "delivered");
        TestSeries.AssertMask(MemoryArchive.ObjectOf(Assert.Single(archive.Sent)));
        await client.UntilAsync(() => !WorkFiles(host).Any());
    }

    [Fact]
    public async Task Job_InputIsGoneOrDamaged_FailsAndSaysSo()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        foreach (bool damaged in new[] { false, true })
        {
            Task held = Hold("GET", "/input", out TaskCompletionSource go);
            string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
            await held;
            string key = $"hospital/a/jobs/{id}/input";
            _s3.Objects.TryRemove(key, out (byte[] Bytes, DateTimeOffset Modified) kept);
            if (damaged)
            {
                // Within the image, behind two headers of 1.5 KiB.
                kept.Bytes[1600] ^= 1;
                _s3.Objects[key] = kept;
            }
            go.SetResult();

            JsonNode job = await client.JobAtEndAsync(id);

            Assert.Equal(("failed", "artifact-unreadable"), ((string)job["state"]!, (string)job["problem"]!["code"]!));
        }
    }

    [Fact]
    public async Task Delete_StoreAway_IsDoneWhenItIsBack()
    {
        await using ApiHost host = new(_s3.Settings());
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);
        await client.UntilAsync(() => _s3.Objects.Count == 1);
        _s3.Fault = (_, _) => 0;

        using HttpResponseMessage deleted = await client.DeleteAsync($"{Jobs}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using HttpResponseMessage unknown = await client.GetAsync($"{Jobs}/{id}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Single(_s3.Objects);
        _s3.Fault = (_, _) => null;

        Assert.Equal(1, await host.Services.GetRequiredService<JobCleanup>().SweepAsync());
        Assert.Empty(_s3.Objects);
    }

    [Fact]
    public async Task Sweep_RetentionEndedAndOrphans_RemovesObjectsOfOursOnly()
    {
        ShiftedClock clock = new();
        await using ApiHost host = new(_s3.Settings(), services: services => services.AddSingleton<TimeProvider>(clock));
        HttpClient client = host.CreateClient();
        await client.UntilReadyAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string old = $"hospital/a/jobs/{JobId.New()}/input", young = $"hospital/a/jobs/{JobId.New()}/input";
        string[] foreign = ["hospital/a/jobs/readme", "hospital/a/other", $"hospital/b/jobs/{JobId.New()}/input", $"jobs/{JobId.New()}/input"];
        foreach (string key in foreign.Append(old)) _s3.Objects[key] = ([1], now.AddHours(-2));
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);
        JobCleanup cleanup = host.Services.GetRequiredService<JobCleanup>();
        // Not at each sweep, but once an hour: a list may be long. The objects' own clock goes with this one.
        clock.Shift = TimeSpan.FromMinutes(61);
        foreach (string key in _s3.Objects.Keys.Where(key => key.Contains(id, StringComparison.Ordinal))) _s3.Objects[key] = (_s3.Objects[key].Bytes, now);
        _s3.Objects[young] = ([1], now.AddMinutes(30));

        await cleanup.SweepAsync();
        Assert.DoesNotContain(old, _s3.Objects.Keys);
        Assert.Contains(young, _s3.Objects.Keys);
        Assert.Contains($"hospital/a/jobs/{id}/result-1", _s3.Objects.Keys);
        clock.Shift = TimeSpan.FromHours(25);
        await client.UntilAsync(() =>
        {
            cleanup.SweepAsync().GetAwaiter().GetResult();
            return _s3.Objects.Count == foreign.Length;
        });

        Assert.Equal(foreign.Order(StringComparer.Ordinal), _s3.Objects.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Job_InputsAreKept_StayAsLongAsTheJob()
    {
        await using ApiHost host = new(new Dictionary<string, string>(_s3.Settings("")) { ["Jobs:KeepInputs"] = "true" });
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);

        await client.UntilAsync(() => !WorkFiles(host).Any());

        Assert.Equal([$"jobs/{id}/input", $"jobs/{id}/result-1"], _s3.Objects.Keys.Order(StringComparer.Ordinal));
        (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
        await client.UntilAsync(() => _s3.Objects.IsEmpty);
    }

    [Fact]
    public async Task Start_WorkFolderOfADeadProcess_IsEmptied()
    {
        using TempFolder folder = new();
        string left = Path.Combine(folder.Path, "jobs", JobId.New(), "input");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "0.bin"), "left");
        await using ApiHost host = new(new Dictionary<string, string>(_s3.Settings()) { ["Data:Work"] = folder.Path });

        await host.CreateClient().UntilReadyAsync();

        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(folder.Path, "jobs")));
        Assert.False(Directory.Exists(Path.Combine(host.DataRoot, "work")));
        // One that lives keeps it.
        await AssertRefusedAsync(new(_s3.Settings()) { ["Data:Work"] = folder.Path }, "Another process uses the folder Data:Work");
    }

    [Theory]
    [InlineData("Data:S3:Bucket", "another-bucket", "Data:S3:Bucket")]
    [InlineData("Data:S3:Endpoint", "http://127.0.0.1:1", "cannot be used")]
    [InlineData("Data:S3:Endpoint", "http://127.0.0.1:1/path", "Data:S3:Endpoint must be")]
    [InlineData("Data:S3:Bucket", "", "Bucket")]
    [InlineData("Data:MaxBytes", "0", "MaxBytes")]
    public Task Start_StoreCannotBeUsed_IsRefusedWithAReason(string key, string value, string reason) =>
        AssertRefusedAsync(new(_s3.Settings()) { [key] = value }, reason);

    [Fact]
    public Task Start_WorkFolderWithoutAStoreApart_IsRefused() => AssertRefusedAsync(new() { ["Data:Work"] = "/tmp" }, "Data:Work is for");

    private static async Task AssertRefusedAsync(Dictionary<string, string> settings, string reason)
    {
        using TempFolder folder = new();
        (settings["Auth:Mode"], settings["Data:Root"], settings["Models:Root"]) = ("none", Path.Combine(folder.Path, "data"), folder.Path);
        await using ServiceProcess service = new(settings);

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(service.Lines, line => line.Contains(S3Server.SecretKey, StringComparison.Ordinal));
    }

    /// <summary>Has requests of an ending wait.</summary>
    /// <returns>Ends when the first one waits.</returns>
    private Task Hold(string method, string name, out TaskCompletionSource go)
    {
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously), open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _s3.Before = (asked, key) =>
        {
            if (asked != method || !key.EndsWith(name, StringComparison.Ordinal)) return Task.CompletedTask;
            held.TrySetResult();
            return open.Task;
        };
        go = open;
        return held.Task.WaitAsync(TimeSpan.FromMinutes(3));
    }

    private static IEnumerable<string> WorkFiles(ApiHost host) =>
        new[] { "uploads", "jobs", "transfers", "results" }.SelectMany(name => Directory.EnumerateFileSystemEntries(Path.Combine(host.DataRoot, "work", name)));

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
