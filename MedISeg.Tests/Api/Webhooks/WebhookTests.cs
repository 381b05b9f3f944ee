using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Webhooks;

public sealed class WebhookTests
{
    [Fact]
    public async Task End_OfAJob_IsToldOnceAndVerifiesByTheExampleOfTheDocument()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(204);
        Dictionary<string, string> settings = receiver.Settings();
        settings["Webhooks:Targets:his:OtherSecret"] = WebhookReceiver.OtherSecret;
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();

        string id = await client.QueueAsync(Named("his", fileName: "CANARY.nii.gz"));
        JsonNode job = await client.JobWhenAsync(id, Settled);

        WebhookCall call = Assert.Single(receiver.Calls);
        Assert.Equal("/hook", call.Path);
        JsonNode told = JsonNode.Parse(call.Body)!;
        Assert.Equal(["finishedAt", "id", "links", "model", "state", "version"], told.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal));
        Assert.Equal((id, "succeeded", "analytic"), ((string)told["id"]!, (string)told["state"]!, (string)told["model"]!));
        Assert.Equal((string)job["finishedAt"]!, (string)told["finishedAt"]!);
        Assert.True((await client.GetAsync((string)told["links"]!["result"]!)).IsSuccessStatusCode);
        Assert.DoesNotContain("CANARY", call.Body + string.Concat(call.Headers.Values), StringComparison.OrdinalIgnoreCase);
        JsonNode notification = Assert.Single(job["notifications"]!.AsArray())!;
        Assert.Equal(("his", "delivered", 1, 204), ((string)notification["webhook"]!, (string)notification["state"]!, (int)notification["attempts"]!, (int)notification["answer"]!));
        Assert.Empty(Schemas.Faults("job", job.ToJsonString()));
        // Both secrets, and nothing else, open it.
        Assert.Equal("True True False False", await VerifyAsync(call));
        Assert.Contains("mediseg_notifications_total{otel_scope_name=\"MedISeg\",state=\"delivered\",webhook=\"his\"} 1", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.All(host.Log.Lines, line => Assert.DoesNotContain(receiver.Address, line, StringComparison.Ordinal));
        JsonNode line = await host.ServiceDidAsync("notify");
        Assert.Equal((id, "his", 204), ((string)line["job"]!, (string)line["webhook"]!, (int)line["status"]!));
    }

    [Fact]
    public async Task Send_RedirectErrorsAndSilence_AreTriedAgainUnderOneId()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (count, context) =>
        {
            context.Response.StatusCode = count switch { 1 => 500, 3 => 302, 4 => 404, _ => 200 };
            if (count == 2) await Task.Delay(Timeout.Infinite, context.RequestAborted);
            if (count == 3) context.Response.Headers.Location = "/elsewhere";
        });
        Dictionary<string, string> settings = receiver.Settings();
        settings["Webhooks:Timeout"] = "00:00:01";
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();

        JsonNode job = await client.JobWhenAsync(await client.QueueAsync(Named("his")), Settled);

        Assert.Equal(("delivered", 5), ((string)job["notifications"]![0]!["state"]!, (int)job["notifications"]![0]!["attempts"]!));
        Assert.Equal(5, receiver.Calls.Count);
        Assert.All(receiver.Calls, call => Assert.Equal("/hook", call.Path));
        Assert.Single(receiver.Calls.Select(call => call.Headers["webhook-id"]).Distinct());
        Assert.Single(receiver.Calls.Select(call => call.Body).Distinct());
    }

    [Theory]
    [InlineData(410, 20, 1)]
    [InlineData(503, 3, 3)]
    public async Task Send_TargetIsGoneOrAlwaysFails_IsGivenUpVisibly(int status, int attempts, int calls)
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(status);
        Dictionary<string, string> settings = receiver.Settings();
        settings["Webhooks:Attempts"] = attempts.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();

        JsonNode job = await client.JobWhenAsync(await client.QueueAsync(Named("his")), Settled);

        JsonNode notification = job["notifications"]![0]!;
        Assert.Equal(("dead-lettered", calls, status), ((string)notification["state"]!, (int)notification["attempts"]!, (int)notification["answer"]!));
        Assert.Null(notification["nextAt"]);
        Assert.Equal(calls, receiver.Calls.Count);
        Assert.Contains(host.Log.Lines, line => line.Contains("given up after", StringComparison.Ordinal));
        Assert.Equal("his", (string?)(await host.ServiceDidAsync("giveUpNotification"))["webhook"]);
    }

    [Fact]
    public async Task Send_AnswerThatNeverEnds_IsNotReadAndNotLogged()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(async (_, context) =>
        {
            byte[] text = "CANARY "u8.ToArray();
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(text, CancellationToken.None);
        });
        await using ApiHost host = new(receiver.Settings());
        HttpClient client = host.CreateClient();

        JsonNode job = await client.JobWhenAsync(await client.QueueAsync(Named("his")), Settled);

        Assert.Equal("delivered", (string?)job["notifications"]![0]!["state"]);
        Assert.All(host.Log.Lines, line => Assert.DoesNotContain("CANARY", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_UnknownNames_AreRefusedWithTheKnownOnes()
    {
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(200);
        Dictionary<string, string> settings = TestKeys.Settings(("alice", []), ("bob", []));
        foreach ((string key, string value) in receiver.Settings()) settings[key] = value;
        settings["Webhooks:Targets:his:Owners:0"] = "alice";
        await using ApiHost host = new(settings);
        HttpClient alice = host.As("alice"), bob = host.As("bob");

        foreach (HttpResponseMessage response in new[]
                 {
                     await alice.PostAsync(Named("http://127.0.0.1:1/x")), await alice.PostAsync(Raw(TestImages.SmallNifti()), "?notify=his,CANARY"), await alice.PostAsync(Named("his,")),
                 })
        {
            JsonNode problem = await ProblemAsync(response, HttpStatusCode.BadRequest, "malformed-request", "the configuration knows his");
            Assert.DoesNotContain("CANARY", problem.ToJsonString(), StringComparison.Ordinal);
            response.Dispose();
        }
        using HttpResponseMessage twice = await alice.PostAsync(Named("his"), "?notify=his"), foreign = await bob.PostAsync(Named("his"));
        await ProblemAsync(twice, HttpStatusCode.BadRequest, "malformed-request", "both as form part");
        await ProblemAsync(foreign, HttpStatusCode.BadRequest, "malformed-request", "knows none");
        Assert.Empty(host.DataFolders);
        await alice.QueueAsync(Raw(TestImages.SmallNifti()), "?notify=his");
        Assert.Single(await receiver.CallsAsync(1));
    }

    [Fact]
    public async Task End_OfAnyKind_IsToldToThoseWhoWantIt()
    {
        await using WebhookReceiver usual = await WebhookReceiver.StartAsync(200), cancelled = await WebhookReceiver.StartAsync(200);
        Dictionary<string, string> settings = usual.Settings("usual");
        foreach ((string key, string value) in cancelled.Settings("cancelled")) settings[key] = value;
        settings["Webhooks:Targets:usual:Always"] = settings["Webhooks:Targets:cancelled:Always"] = "true";
        settings["Webhooks:Targets:cancelled:Events:0"] = "cancelled";
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();

        string failed = await client.QueueAsync(Form(TestImages.SmallNifti(gzip: false)[..400]));
        JsonNode job = await client.JobWhenAsync(failed, job => (string?)job["notifications"]![1]!["state"] == "delivered");
        string slow = await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(new(36, 36, 36))), "analytic", ApiHost.SlowOptions));
        (await client.DeleteAsync($"{Jobs}/{slow}")).Dispose();

        Assert.Null(job["notifications"]![0]!["state"]);
        WebhookCall hit = Assert.Single(await usual.CallsAsync(1)), gone = Assert.Single(await cancelled.CallsAsync(1));
        Assert.Equal($"{failed} failed truncated-image", Said(hit));
        Assert.Equal($"{slow} cancelled ", Said(gone));
    }

    [Fact]
    public async Task Delete_BeforeTheTargetAnswers_IsToldAllTheSameAndThenForgotten()
    {
        int status = 500;
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync((_, context) =>
        {
            context.Response.StatusCode = Volatile.Read(ref status);
            return Task.CompletedTask;
        });
        Dictionary<string, string> settings = receiver.Settings();
        settings["Webhooks:FirstRetry"] = "00:00:00.1";
        settings["Webhooks:Attempts"] = "1000";
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Named("his"));
        await receiver.CallsAsync(2);

        (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
        await host.Services.GetRequiredService<JobCleanup>().SweepAsync();
        int before = receiver.Calls.Count;
        await receiver.CallsAsync(before + 2);
        Volatile.Write(ref status, 200);

        await client.UntilAsync(() => Rows(host).All(n => n.Delivery == DeliveryState.Delivered));
        Assert.Equal($"{id} succeeded ", Said(receiver.Calls[^1]));
        await host.Services.GetRequiredService<JobCleanup>().SweepAsync();
        Assert.Empty(Rows(host));
    }

    [Fact]
    public async Task Restart_BeforeTheTargetAnswers_IsToldUnderTheSameId()
    {
        using TempFolder data = new();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync(500, 500, 200);
        Dictionary<string, string> settings = receiver.Settings();
        settings["Data:Root"] = data.Path;
        settings["Webhooks:FirstRetry"] = settings["Webhooks:LongestRetry"] = "00:00:01";
        string id;
        await using (ApiHost first = new(settings))
        {
            HttpClient before = first.CreateClient();
            id = await before.QueueAsync(Named("his"));
            await before.JobWhenAsync(id, job => (int?)job["notifications"]![0]!["answer"] == 500);
        }

        await using ApiHost second = new(settings);
        JsonNode after = await second.CreateClient().JobWhenAsync(id, Settled);

        Assert.Equal("delivered", (string?)after["notifications"]![0]!["state"]);
        Assert.Single(receiver.Calls.Select(call => call.Headers["webhook-id"]).Distinct());
        Assert.Equal(3, receiver.Calls.Count);
    }

    [Fact]
    public async Task Send_SlowTarget_DoesNotHoldUpAnother()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebhookReceiver slow = await WebhookReceiver.StartAsync((_, _) => release.Task), quick = await WebhookReceiver.StartAsync(200);
        Dictionary<string, string> settings = slow.Settings("a-slow");
        foreach ((string key, string value) in quick.Settings("quick")) settings[key] = value;
        settings["Webhooks:Timeout"] = "00:05:00";
        await using ApiHost host = new(settings);
        HttpClient client = host.CreateClient();

        for (int n = 0; n < 3; n++) await client.QueueAsync(Named("a-slow,quick"));
        await quick.CallsAsync(3);
        Assert.Single(await slow.CallsAsync(1));
        release.SetResult();

        Assert.Equal(3, (await slow.CallsAsync(3)).Select(call => call.Headers["webhook-id"]).Distinct().Count());
        Assert.Equal(3, quick.Calls.Count);
    }

    private static bool Settled(JsonNode job) => (string?)job["notifications"]![0]!["state"] is "delivered" or "dead-lettered";

    private static MultipartFormDataContent Named(string notify, string fileName = "image.nii.gz")
    {
        MultipartFormDataContent form = Form(TestImages.SmallNifti(), fileName: fileName);
        form.Add(new StringContent(notify), "notify");
        return form;
    }

    private static string Said(WebhookCall call)
    {
        JsonNode told = JsonNode.Parse(call.Body)!;
        return $"{told["id"]} {told["state"]} {told["code"]}";
    }

    private static NotificationRecord[] Rows(ApiHost host)
    {
        using JobDbContext db = host.Services.GetRequiredService<IDbContextFactory<JobDbContext>>().CreateDbContext();
        return [.. db.Notifications.AsNoTracking()];
    }

    /// <summary>Runs the example of docs/api.md on a call: with both secrets, with another one, and with another body.</summary>
    private static async Task<string> VerifyAsync(WebhookCall call)
    {
        string python = ExternalTool.Require("python3"), document = await File.ReadAllTextAsync(RepositoryRoot.Of("docs", "api.md"));
        string example = document.Split("```python\n").Single(part => part.Contains("def verify(", StringComparison.Ordinal)).Split("```")[0];
        string given = JsonSerializer.Serialize(new { headers = call.Headers, body = call.Body });
        return (await ExternalTool.OutputAsync(python, "-c", example + """

            import json, sys
            call = json.loads(sys.argv[1])
            body = call["body"].encode()
            foreign = "whsec_" + base64.b64encode(bytes(32)).decode()
            print(*[verify(secret, call["headers"], body) for secret in sys.argv[2:]], verify(foreign, call["headers"], body), verify(sys.argv[2], call["headers"], body + b" "))
            """, given, WebhookReceiver.Secret, WebhookReceiver.OtherSecret)).Trim();
    }
}
