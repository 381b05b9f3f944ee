using System.Globalization;
using System.Text.Json.Nodes;
using MedISeg.Api.Jobs.Store;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Several jobs at a time in one process.</summary>
public sealed class WorkersTests
{
    /// <summary>Large enough that a job of it ends only because it is deleted.</summary>
    private static readonly Volume Image = TestImages.Create(new GridSize(72, 72, 72));
    private static readonly byte[] Large = TestImages.Nifti(Image);

    [Fact]
    public async Task Post_ModelAtItsConcurrency_JobsOfOthersPassIt()
    {
        await using ApiHost host = new(
            new Dictionary<string, string> { ["Jobs:Workers"] = "2", ["Models:Concurrency:analytic"] = "1" },
            [ApiHost.Volumes, ApiHost.Volumes with { Name = "second" }]);
        HttpClient client = host.CreateClient();

        string first = await SlowAsync(client, "analytic"), waiting = await SlowAsync(client, "analytic"), other = await SlowAsync(client, "second");

        await client.JobWhenAsync(other, Moves);
        await client.JobWhenAsync(first, Moves);
        Assert.Equal("queued", (string?)(await client.JobAsync(waiting))["state"]);
        (await client.DeleteAsync($"{Jobs}/{first}")).Dispose();
        await client.JobWhenAsync(waiting, Moves);
        foreach (string id in new[] { waiting, other }) (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
    }

    [Fact]
    public async Task Post_MemoryForOneJob_TheSecondWaitsUntilTheFirstIsGone()
    {
        await using ApiHost measured = new();
        ModelCatalog models = measured.Services.GetRequiredService<ModelCatalog>();
        LoadedModel model = models.Load("analytic", null, CancellationToken.None);
        EffectiveOptions options = EffectiveOptions.Create(OptionsReader.Parse(ApiHost.SlowOptions), model.Manifest, null);
        long estimate = MemoryEstimate.Create(model, Image.Geometry, Image.Channels, options, Image.BytesPerVoxel).TotalBytes;
        long limit = estimate + (estimate - MemoryEstimate.RuntimeBytes) / 2;
        await using ApiHost host = new(
            new Dictionary<string, string> { ["Jobs:Workers"] = "2", ["Limits:MaxMemoryBytes"] = limit.ToString(CultureInfo.InvariantCulture) },
            // What the network takes was measured there, and is another figure each time.
            services: services => services.AddSingleton(models));
        HttpClient client = host.CreateClient();

        string first = await SlowAsync(client, "analytic");
        await client.JobWhenAsync(first, Moves);
        string second = await SlowAsync(client, "analytic");
        await client.JobWhenAsync(second, job => (string?)job["state"] == "running");
        double before = (double)(await client.JobAsync(first))["percent"]!;
        await client.JobWhenAsync(first, job => (double)job["percent"]! > before);

        Assert.Equal(("reading", 0d), Place(await client.JobAsync(second)));
        (await client.DeleteAsync($"{Jobs}/{first}")).Dispose();
        await client.JobWhenAsync(second, Moves);
        (await client.DeleteAsync($"{Jobs}/{second}")).Dispose();
    }

    [Fact]
    public async Task Post_CallsOfSeveralJobsMadeAsOne_EachGetsItsOwnResult()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Jobs:Workers"] = "4", ["Models:JoinedCalls"] = "8" });
        HttpClient client = host.CreateClient();
        GridSize[] sizes = [new(9, 14, 11), new(16, 8, 12), new(12, 12, 9)];

        (GridSize Size, string Id)[] jobs = await Task.WhenAll(Enumerable.Range(0, 12).Select(async n =>
            (sizes[n % 3], await client.QueueAsync(Form(TestImages.Nifti(TestImages.Create(sizes[n % 3])))))));

        foreach ((GridSize size, string id) in jobs)
        {
            Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(id))["state"]);
            TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), size);
        }
    }

    [Fact]
    public async Task Post_HundredJobsAtOnce_NoneIsLostAndNoneRunsTwice()
    {
        string[] callers = ["alice", "bob", "carol", "dave"];
        Dictionary<string, string> settings = TestKeys.Settings([.. callers.Select(caller => (caller, Array.Empty<string>()))]);
        (settings["Jobs:Workers"], settings["Limits:RequestsPerMinute"]) = ("2", "1000000");
        await using ApiHost host = new(settings);
        byte[][] images = [TestImages.SmallNifti(), TestImages.Nifti(TestImages.Create(new GridSize(5, 9, 14)))];
        HttpClient[] clients = [.. callers.Select(host.As)];

        (HttpClient Client, int Image, string Id)[] jobs = await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
            (clients[n % 4], n / 4 % 2, await clients[n % 4].QueueAsync(Form(images[n / 4 % 2])))));
        JsonNode[] ended = await Task.WhenAll(jobs.Select(job => job.Client.JobAtEndAsync(job.Id)));
        byte[][] results = await Task.WhenAll(jobs.Select(job => job.Client.GetByteArrayAsync($"{Jobs}/{job.Id}/result?format=nii")));

        Assert.All(ended, job => Assert.Equal("succeeded", (string?)job["state"]));
        Assert.Equal(100, jobs.Select(job => job.Id).Distinct().Count());
        foreach (IGrouping<int, byte[]> same in results.Zip(jobs).GroupBy(pair => pair.Second.Image, pair => pair.First))
            Assert.All(same, result => Assert.Equal(same.First(), result));
        await using JobDbContext db = host.Services.GetRequiredService<IDbContextFactory<JobDbContext>>().CreateDbContext();
        JobRecord[] rows = await db.Jobs.ToArrayAsync();
        Assert.Equal(100, rows.Length);
        Assert.All(rows, row => Assert.Equal((1, 1L), (row.Attempts, row.Token)));
    }

    private static async Task<string> SlowAsync(HttpClient client, string model) => await client.QueueAsync(Form(Large, model, ApiHost.SlowOptions));

    private static bool Moves(JsonNode job) => (double)job["percent"]! > 0;

    private static (string? Phase, double Percent) Place(JsonNode job) => ((string?)job["phase"], (double)job["percent"]!);
}
