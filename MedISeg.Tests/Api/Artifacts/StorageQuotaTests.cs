using System.Net;
using MedISeg.Api.Jobs;
using MedISeg.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Artifacts;

public sealed class StorageQuotaTests
{
    private const int MaxBytes = 55_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_MoreThanThereIsRoomFor_IsRefusedUntilAJobIsGone(bool s3)
    {
        await using S3Server server = await S3Server.StartAsync();
        await using ApiHost host = new(new Dictionary<string, string>(s3 ? server.Settings() : []) { ["Data:MaxBytes"] = $"{MaxBytes}", ["Jobs:KeepInputs"] = "true" });
        HttpClient client = host.CreateClient();
        JobCleanup cleanup = host.Services.GetRequiredService<JobCleanup>();
        byte[] large = TestImages.Nifti(TestImages.Create(new(20, 20, 35)), gzip: false);
        string id = await client.QueueAsync(Form(large));
        await client.JobAtEndAsync(id);
        await cleanup.SweepAsync();

        using HttpResponseMessage refused = await client.PostAsync(Form(large), prefer: "respond-async");

        await ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "storage-full");
        Assert.Equal("10", refused.Headers.GetValues("Retry-After").Single());
        Assert.Single((await JsonAsync(await client.GetAsync(Jobs)))["items"]!.AsArray());
        // A small one fits beside it.
        (await client.DeleteAsync($"{Jobs}/{await client.QueueAsync(Form(TestImages.SmallNifti()))}")).Dispose();
        (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
        await client.UntilAsync(() =>
        {
            cleanup.SweepAsync().GetAwaiter().GetResult();
            return s3 ? server.Objects.IsEmpty : !host.DataFolders.Any();
        });

        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(await client.QueueAsync(Form(large))))["state"]);
    }

    [Fact]
    public async Task Job_InputsAreKeptInTheFolder_StayAsLongAsTheJob()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Jobs:KeepInputs"] = "true" });
        HttpClient client = host.CreateClient();
        byte[] image = TestImages.SmallNifti();
        string id = await client.QueueAsync(Form(image));
        await client.JobAtEndAsync(id);
        // The worker is done with the first when the second has run.
        await client.JobAtEndAsync(await client.QueueAsync(Form(image)));

        Assert.Equal(image, await File.ReadAllBytesAsync(Path.Combine(host.DataRoot, "jobs", id, "input", "0.bin")));
        (await client.DeleteAsync($"{Jobs}/{id}")).Dispose();
        await client.UntilAsync(() => !Directory.Exists(Path.Combine(host.DataRoot, "jobs", id)));
    }
}
