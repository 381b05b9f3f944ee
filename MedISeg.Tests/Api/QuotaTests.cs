using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class QuotaTests
{
    [Fact]
    public async Task Get_MoreThanTheRate_IsRefusedForThisCallerOnly()
    {
        await using ApiHost host = new(With("Limits:RequestsPerMinute", "3"));
        HttpClient alice = host.As("alice"), bob = host.As("bob");
        for (int n = 0; n < 3; n++) Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/v1/tricks")).StatusCode);

        using HttpResponseMessage refused = await alice.GetAsync("/v1/tricks");

        await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "quota-exceeded", "more than 3 requests within a minute");
        int wait = int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
        Assert.InRange(wait, 1, 60);
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/v1/tricks")).StatusCode);
        for (int n = 0; n < 5; n++) Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Get_ManyGuessedKeys_AreRefusedByAddressAndDoNotHinderCallers()
    {
        await using ApiHost host = new(With("Limits:RequestsPerMinute", "3"));

        List<HttpStatusCode> answers = [];
        for (int n = 0; n < 5; n++) answers.Add((await host.As("guess " + n).GetAsync("/v1/tricks")).StatusCode);

        HttpStatusCode unknown = HttpStatusCode.Unauthorized, enough = HttpStatusCode.TooManyRequests;
        Assert.Equal([unknown, unknown, unknown, enough, enough], answers);
        Assert.Equal(HttpStatusCode.OK, (await host.As("alice").GetAsync("/v1/tricks")).StatusCode);
    }

    [Fact]
    public async Task Post_MoreUnfinishedJobsThanAllowed_IsRefusedUntilOneIsGone()
    {
        await using ApiHost host = new(With("Jobs:MaxPerCaller", "2"));
        HttpClient alice = host.As("alice"), bob = host.As("bob");
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(40, 40, 40)));
        string running = await alice.QueueAsync(Form(image, options: ApiHost.SlowOptions)), queued = await alice.QueueAsync(Form(image));

        using HttpResponseMessage refused = await alice.PostAsync(Form(image), prefer: "respond-async");

        await ProblemAsync(refused, HttpStatusCode.TooManyRequests, "quota-exceeded", "2 unfinished jobs");
        Assert.Equal("10", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal(2, host.DataFolders.Count());
        string other = await bob.QueueAsync(Form(image));
        Assert.Equal(HttpStatusCode.NoContent, (await alice.DeleteAsync($"{Jobs}/{queued}")).StatusCode);
        string again = await alice.QueueAsync(Form(image));
        foreach ((HttpClient client, string id) in new[] { (alice, running), (alice, again), (bob, other) }) (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
    }

    [Fact]
    public async Task Post_ManyJobsAtOnce_NeverExceedTheQuotaAndNoneIsLost()
    {
        await using ApiHost host = new(With("Jobs:MaxPerCaller", "5"));
        HttpClient alice = host.As("alice");
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(40, 40, 40)));
        string first = await alice.QueueAsync(Form(image, options: ApiHost.SlowOptions));

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => alice.PostAsync(Form(TestImages.SmallNifti()), prefer: "respond-async")));

        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.Accepted));
        Assert.Equal(16, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(5, JsonNode.Parse(await alice.GetStringAsync(Jobs))!["items"]!.AsArray().Count);
        Assert.Equal(HttpStatusCode.NoContent, (await alice.DeleteAsync($"{Jobs}/{first}")).StatusCode);
        foreach (HttpResponseMessage answer in answers)
        {
            if (answer.StatusCode == HttpStatusCode.Accepted) Assert.Equal("succeeded", (string?)(await alice.JobAtEndAsync((string)(await JsonAsync(answer))["id"]!))["state"]);
            answer.Dispose();
        }
    }

    private static Dictionary<string, string> With(string key, string value)
    {
        Dictionary<string, string> settings = TestKeys.Settings(("alice", []), ("bob", []));
        settings[key] = value;
        return settings;
    }
}
