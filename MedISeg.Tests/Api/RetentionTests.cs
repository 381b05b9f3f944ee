using System.Net;
using MedISeg.Api.Jobs;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class RetentionTests
{
    [Fact]
    public async Task Sweep_RetentionEnded_RemovesRowAndFilesAndOrphans()
    {
        ShiftedClock clock = new();
        await using ApiHost host = new(services: services => services.AddSingleton<TimeProvider>(clock));
        HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(id);
        JobCleanup cleanup = host.Services.GetRequiredService<JobCleanup>();
        string orphan = Path.Combine(host.DataRoot, "jobs", JobId.New());
        Directory.CreateDirectory(orphan);
        await cleanup.SweepAsync();
        Assert.Equal(2, host.DataFolders.Count());

        clock.Shift = TimeSpan.FromHours(25);

        // A worker that has just told the end may still have the job: then the next sweep removes it.
        await client.UntilAsync(() =>
        {
            cleanup.SweepAsync().GetAwaiter().GetResult();
            return !host.DataFolders.Any();
        });
        using HttpResponseMessage response = await client.GetAsync($"{Jobs}/{id}");
        await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-job", "retention ended");
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
