using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Api.Auth;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class AuditTests
{
    [Fact]
    public async Task Trail_OfAJob_SaysWhoDidWhat()
    {
        await using ApiHost host = new(TestKeys.Settings(("alice", []), ("bob", []), ("boss", ["admin"])));
        HttpClient alice = host.As("alice"), bob = host.As("bob"), boss = host.As("boss");
        string id = await alice.QueueAsync(Form(TestImages.SmallNifti(), fileName: "CANARY.nii.gz"));
        await alice.JobAtEndAsync(id);
        foreach (HttpClient client in new[] { alice, bob }) (await client.GetAsync($"{Jobs}/{id}/result")).Dispose();
        (await bob.GetAsync("/v1/pacs/CANARY/studies?PatientName=CANARY")).Dispose();
        (await host.CreateClient().GetAsync($"{Jobs}/CANARY")).Dispose();
        (await boss.DeleteAsync($"{Jobs}/{id}")).Dispose();
        await alice.UntilAsync(() => AuditFiles.Lines(host).Length >= 7);

        string[] lines = AuditFiles.Lines(host);

        Assert.Equal(
        [
            $"alice acceptJob {id} ", "alice submitSegmentation  202", $"alice getSegmentationResult {id} 200", $"bob getSegmentationResult {id} 404",
            "bob searchPacsStudies  403", " getSegmentation  401", $"boss deleteSegmentation {id} 204",
        ], lines.Select(Said));
        Assert.All(lines, line => Assert.DoesNotContain("CANARY", line, StringComparison.OrdinalIgnoreCase));
        AssertChain(lines);
        // Both lines of the submission are of one trace.
        Assert.Equal(Trace(lines[0]), Trace(lines[1]));
    }

    [Fact]
    public async Task Trail_AfterARestartInMidLine_GoesOnAndIsItsOwnersOnly()
    {
        using TempFolder data = new();
        Dictionary<string, string> settings = TestKeys.Settings(("alice", []));
        settings["Data:Root"] = data.Path;
        await DeleteOneAsync(settings, 1);
        string file = Directory.GetFiles(Path.Combine(data.Path, AuditTrail.Folder)).Single();
        await File.AppendAllTextAsync(file, "{\"caller\":\"torn");

        await DeleteOneAsync(settings, 3);

        string[] lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(3, lines.Length);
        AssertChain(lines);
        Assert.Equal("alice deleteSegmentation  404", Said(lines[2]));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Chain_LineThatWasChangedOrTakenOut_Shows()
    {
        await using ApiHost host = new(TestKeys.Settings(("alice", [])));
        HttpClient alice = host.As("alice");
        for (int n = 1; n <= 3; n++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await alice.DeleteAsync($"{Jobs}/unknown")).StatusCode);
            int count = n;
            await alice.UntilAsync(() => AuditFiles.Lines(host).Length == count);
        }

        string[] lines = AuditFiles.Lines(host);

        AssertChain(lines);
        Assert.Throws<Xunit.Sdk.EqualException>(() => AssertChain([lines[0], lines[2]]));
        Assert.Throws<Xunit.Sdk.EqualException>(() => AssertChain([lines[0].Replace("alice", "bob", StringComparison.Ordinal), lines[1]]));
    }

    [Fact]
    public async Task Trail_JobThatExpiresOrIsGivenUp_NamesTheService()
    {
        using TempFolder data = new();
        Dictionary<string, string> settings = new() { ["Data:Root"] = data.Path };
        string expiring, dying, deleted;
        await using (ApiHost first = new(settings))
        {
            HttpClient client = first.CreateClient();
            (expiring, dying, deleted) = (await EndedAsync(client), await EndedAsync(client), await EndedAsync(client));
            JobCleanup cleanup = first.Services.GetRequiredService<JobCleanup>();
            (await client.DeleteAsync($"{Jobs}/{deleted}")).Dispose();
            await using (JobDbContext db = first.Services.GetRequiredService<IDbContextFactory<JobDbContext>>().CreateDbContext())
            {
                await db.Jobs.Where(job => job.Id == expiring).ExecuteUpdateAsync(set => set.SetProperty(job => job.ExpiresAt, DateTimeOffset.UnixEpoch));
                await db.Jobs.Where(job => job.Id == dying).ExecuteUpdateAsync(set => set.SetProperty(job => job.State, JobState.Running).SetProperty(job => job.Attempts, 99));
            }
            // A worker that has just told the end may still have the job: then the next sweep removes it.
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
            for (HttpStatusCode status = HttpStatusCode.OK; status == HttpStatusCode.OK;)
            {
                await cleanup.SweepAsync();
                using HttpResponseMessage response = await client.GetAsync($"{Jobs}/{expiring}", limit.Token);
                status = response.StatusCode;
            }
        }

        await using ApiHost second = new(settings);
        second.CreateClient().Dispose();

        string[] lines = [.. Directory.GetFiles(Path.Combine(data.Path, AuditTrail.Folder)).Order(StringComparer.Ordinal).SelectMany(AuditFiles.Read)];
        Assert.Equal([$"service expireJob {expiring} ", $"service deadLetterJob {dying} "], lines.Select(Said).Where(said => said.StartsWith("service", StringComparison.Ordinal)));
        AssertChain(lines);
    }

    [Fact]
    public async Task Trail_PackageThatComesAndGoesInTheFolder_NamesTheService()
    {
        using TempFolder made = new();
        string package = AnalyticPackages.Write(made.Path, ApiHost.Volumes with { Version = "2" });
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:ScanInterval"] = "00:00:00.1" });
        host.CreateClient().Dispose();
        string target = Path.Combine(host.ModelRoot, "analytic", "2");

        Directory.Move(package, target);
        Assert.Equal("analytic@2", (string?)(await host.ServiceDidAsync("serveModel"))["model"]);
        Directory.Delete(target, recursive: true);
        Assert.Equal("analytic@2", (string?)(await host.ServiceDidAsync("dropModel"))["model"]);
    }

    [Fact]
    public async Task Append_SeveralProcessesOnOneFolder_MakeOneChain()
    {
        using TempFolder data = new();
        JobFiles files = new(Microsoft.Extensions.Options.Options.Create(new DataOptions { Root = data.Path }));
        using AuditTrail one = new(files, TimeProvider.System), two = new(files, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => Task.Run(() => (n % 2 == 0 ? one : two).AppendAsync(new AuditEntry("alice", "acceptJob", null, null, n, "")))));

        string[] lines = [.. Directory.GetFiles(Path.Combine(data.Path, AuditTrail.Folder)).Order(StringComparer.Ordinal).SelectMany(AuditFiles.Read)];
        AssertChain(lines);
        Assert.Equal(Enumerable.Range(0, 40), lines.Select(line => (int)JsonNode.Parse(line)!["status"]!).Order());
    }

    private static async Task<string> EndedAsync(HttpClient client)
    {
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);
        return id;
    }

    private static async Task DeleteOneAsync(Dictionary<string, string> settings, int lines)
    {
        await using ApiHost host = new(settings);
        HttpClient alice = host.As("alice");
        (await alice.DeleteAsync($"{Jobs}/unknown")).Dispose();
        string folder = Path.Combine(settings["Data:Root"], AuditTrail.Folder);
        await alice.UntilAsync(() => Directory.Exists(folder) && Directory.GetFiles(folder).SelectMany(AuditFiles.Read).Count() == lines);
    }

    private static void AssertChain(string[] lines)
    {
        string before = AuditTrail.NoneBefore;
        foreach (string line in lines)
        {
            if (!line.EndsWith("torn", StringComparison.Ordinal)) Assert.Equal(before, (string?)JsonNode.Parse(line)!["previous"]);
            before = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
        }
    }

    private static string Said(string line)
    {
        JsonNode entry = JsonNode.Parse(line)!;
        return $"{entry["caller"]} {entry["action"]} {entry["job"]} {entry["status"]}";
    }

    private static string? Trace(string line) => ((string?)JsonNode.Parse(line)!["traceId"])?.Split('-')[1];
}
