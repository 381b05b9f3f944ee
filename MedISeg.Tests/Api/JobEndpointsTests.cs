using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class JobEndpointsTests : IAsyncDisposable
{
    private readonly ApiHost _host = new(new Dictionary<string, string> { ["Jobs:QueueLength"] = "4", ["Jobs:Heartbeat"] = "00:00:01" });
    private readonly HttpClient _client;

    public JobEndpointsTests() => _client = _host.CreateClient();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>An image whose job, at stride 1, goes on until it is stopped.</summary>
    private static MultipartFormDataContent Long() =>
        Form(TestImages.Nifti(TestImages.Create(new GridSize(120, 110, 100))), "analytic", ApiHost.SlowOptions);

    [Fact]
    public async Task Result_JobRuns_IsJobNotFinished()
    {
        string id = await _client.QueueAsync(Long());

        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result");

        await ProblemAsync(response, HttpStatusCode.Conflict, "job-not-finished", "until 'done'");
    }

    [Fact]
    public async Task Result_JobFailed_AnswersItsProblem()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti(gzip: false)[..400]));
        await _client.JobAtEndAsync(id);

        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result");

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity, "truncated-image");
        Assert.Equal($"{Jobs}/{id}", (string?)problem["instance"]);
    }

    [Fact]
    public async Task Result_FormatThatCannotBeMade_IsNotAcceptable()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);

        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/result?format=png");

        await ProblemAsync(response, HttpStatusCode.NotAcceptable, "not-acceptable", "nii.gz");
    }

    [Fact]
    public async Task Result_TwiceInEachFormat_IsTheSameBytes()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);
        foreach (string format in new[] { "nii.gz", "nii", "nrrd", "mha", "json", "zip" })
            Assert.Equal(
                await _client.GetByteArrayAsync($"{Jobs}/{id}/result?format={format}"), await _client.GetByteArrayAsync($"{Jobs}/{id}/result?format={format}"));
    }

    [Fact]
    public async Task Delete_RunningJob_StopsItAndRemovesItsFiles()
    {
        string id = await _client.QueueAsync(Long());
        await _client.JobWhenAsync(id, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using HttpResponseMessage after = await _client.GetAsync($"{Jobs}/{id}");
        await ProblemAsync(after, HttpStatusCode.NotFound, "unknown-job");
        // The worker is free again: the next job ends although the long one never would have.
        string next = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        Assert.Equal("succeeded", (string?)(await _client.JobAtEndAsync(next))["state"]);
        Assert.Equal([next], _host.DataFolders.Select(Path.GetFileName));
    }

    [Fact]
    public async Task Delete_QueuedJob_NeverRuns()
    {
        string running = await _client.QueueAsync(Long()), queued = await _client.QueueAsync(Long());
        Assert.Equal(1, (int)(await _client.JobWhenAsync(queued, job => (int?)job["queuePlace"] == 1))["queuePlace"]!);

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{queued}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal([running], _host.DataFolders.Select(Path.GetFileName));
    }

    [Fact]
    public async Task Delete_FinishedJob_RemovesItsFiles()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{id}");
        using HttpResponseMessage result = await _client.GetAsync($"{Jobs}/{id}/result");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await ProblemAsync(result, HttpStatusCode.NotFound, "unknown-job");
        await _client.UntilAsync(() => !_host.DataFolders.Any());
    }

    [Fact]
    public async Task Job_HasEnded_ItsImageIsGoneAndItsResultStays()
    {
        string done = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(done);

        string folder = Path.Combine(_host.DataRoot, "jobs", done);
        await _client.UntilAsync(() => !Directory.Exists(Path.Combine(folder, "input")));
        Assert.Equal(["result-1"], Directory.GetDirectories(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Delete_JobThatARequestWaitsFor_AnswersJobCancelled()
    {
        Task<HttpResponseMessage> waiting = _client.PostAsync(Long(), prefer: "wait=120");
        JsonNode? job = null;
        while (job is null) job = JsonNode.Parse(await _client.GetStringAsync(Jobs + "?state=running"))!["items"]!.AsArray().FirstOrDefault();

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{(string)job["id"]!}");
        using HttpResponseMessage response = await waiting;

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.Conflict, "job-cancelled", "send the image again");
        Assert.Equal($"{Jobs}/{(string)job["id"]!}", (string?)problem["instance"]);
    }

    [Fact]
    public async Task Post_QueueFull_Answers503AndRetryAfter()
    {
        string running = await _client.QueueAsync(Long());
        await _client.JobWhenAsync(running, job => (string)job["state"]! == "running");
        for (int n = 0; n < 4; n++) await _client.QueueAsync(Form(TestImages.SmallNifti()));

        using HttpResponseMessage response = await _client.PostAsync(Form(TestImages.SmallNifti()));

        JsonNode problem = await ProblemAsync(response, HttpStatusCode.ServiceUnavailable, "queue-full");
        Assert.Null(problem["detail"]);
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal(5, _host.DataFolders.Count());
    }

    [Fact]
    public async Task List_ThreeJobs_AreNewestFirstAndPaged()
    {
        List<string> ids = [];
        for (int n = 0; n < 3; n++)
        {
            ids.Add(await _client.QueueAsync(Form(n == 1 ? TestImages.SmallNifti(gzip: false)[..400] : TestImages.SmallNifti())));
            await _client.JobAtEndAsync(ids[n]);
        }

        JsonNode first = JsonNode.Parse(await _client.GetStringAsync(Jobs + "?limit=2"))!;
        JsonNode second = JsonNode.Parse(await _client.GetStringAsync((string)first["next"]!))!;
        JsonNode failed = JsonNode.Parse(await _client.GetStringAsync(Jobs + "?state=failed"))!;

        Assert.Equal([ids[2], ids[1]], Ids(first));
        Assert.Equal([ids[0]], Ids(second));
        Assert.Null(second["next"]);
        Assert.Equal([ids[1]], Ids(failed));
        Assert.All(first["items"]!.AsArray(), job => Assert.Empty(Schemas.Faults("job", job!.ToJsonString())));
        Assert.All(first["items"]!.AsArray(), job => Assert.Null(job!["report"]));
    }

    [Fact]
    public async Task Events_Job_AreStateProgressDone()
    {
        string blocker = await _client.QueueAsync(Long());
        await _client.JobWhenAsync(blocker, job => (string)job["state"]! == "running");
        string id = await _client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(new GridSize(16, 16, 16))), "analytic", ApiHost.SlowOptions));
        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        List<(string Name, JsonNode Data)> events = [await NextAsync(reader)];
        Assert.Equal(("state", "queued", 1), (events[0].Name, (string)events[0].Data["state"]!, (int)events[0].Data["queuePlace"]!));

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{blocker}");
        while (events[^1].Name != "done") events.Add(await NextAsync(reader));

        Assert.Equal(["queued", "running", "succeeded"], events.Where(e => e.Name == "state").Select(e => (string)e.Data["state"]!));
        double[] percents = [.. events.Where(e => e.Name == "progress").Select(e => (double)e.Data["percent"]!)];
        Assert.NotEmpty(percents);
        Assert.Equal(percents.Order(), percents);
        Assert.Empty(Schemas.Faults("job", events[^1].Data.ToJsonString()));
        Assert.NotNull(events[^1].Data["report"]);
        Assert.Equal("", await reader.ReadToEndAsync().ContinueWith(rest => rest.Result.Trim(), TaskScheduler.Default));
    }

    [Fact]
    public async Task Events_FinishedJob_AreStateAndDone()
    {
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()));
        await _client.JobAtEndAsync(id);

        string stream = await _client.GetStringAsync($"{Jobs}/{id}/events");

        Assert.Equal(["event: state", "event: done"], stream.Split('\n').Where(line => line.StartsWith("event:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Events_JobDeleted_EndWithCancelled()
    {
        string id = await _client.QueueAsync(Long());
        using HttpResponseMessage response = await _client.GetAsync($"{Jobs}/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        await NextAsync(reader);

        using HttpResponseMessage deleted = await _client.DeleteAsync($"{Jobs}/{id}");

        (string Name, JsonNode Data) last = await NextAsync(reader);
        while (last.Name != "done") last = await NextAsync(reader);
        Assert.Equal("cancelled", (string?)last.Data["state"]);
    }

    private static IEnumerable<string> Ids(JsonNode page) => page["items"]!.AsArray().Select(job => (string)job!["id"]!);

    private static async Task<(string Name, JsonNode Data)> NextAsync(StreamReader reader)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        string name = "";
        while (true)
        {
            string line = await reader.ReadLineAsync(limit.Token) ?? throw new EndOfStreamException();
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonNode.Parse(line[6..])!);
        }
    }
}
