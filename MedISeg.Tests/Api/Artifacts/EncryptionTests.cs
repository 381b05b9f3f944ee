using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api.Artifacts;

/// <summary>Inputs and results that are kept encrypted, in the data folder or in an object store.</summary>
public sealed class EncryptionTests : IAsyncLifetime
{
    private static readonly GridSize SlowGrid = new(36, 36, 36);

    private readonly TempFolder _folder = new();
    private S3Server _s3 = null!;

    private string KeyFile => Path.Combine(_folder.Path, "keys");

    private string Root => Path.Combine(_folder.Path, "data");

    public async ValueTask InitializeAsync()
    {
        _s3 = await S3Server.StartAsync();
        await File.WriteAllTextAsync(KeyFile, Key());
    }

    public async ValueTask DisposeAsync()
    {
        await _s3.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Job_AllItsLife_IsNowhereReadableAtRest(bool s3)
    {
        await using ApiHost host = new(Settings(s3));
        HttpClient client = host.CreateClient();
        byte[] image = TestImages.SmallNifti(gzip: false);
        // Behind a job that runs, so that it waits.
        string before = await client.QueueAsync(Slow()), waiting = await client.QueueAsync(Form(image));
        await client.JobWhenAsync(before, job => (string)job["state"]! == "running" && (double)job["percent"]! > 0);

        byte[] canary = image[400..480];
        Assert.DoesNotContain(Kept(before), bytes => bytes.AsSpan().IndexOf(canary) >= 0);
        Assert.Contains(Kept(before), bytes => bytes.AsSpan().StartsWith("MSEGAE01"u8));
        (await client.DeleteAsync($"{Jobs}/{before}")).Dispose();
        Assert.Equal("succeeded", (string?)(await client.JobAtEndAsync(waiting))["state"]);
        byte[] result = await client.GetByteArrayAsync($"{Jobs}/{waiting}/result");

        TestImages.AssertLabels(result, new GridSize(5, 7, 9));
        await client.UntilAsync(() => Kept(null).Count(bytes => bytes.AsSpan().StartsWith("MSEGAE01"u8)) == 1);
        byte[] label = result[40..72];
        await client.UntilAsync(() => !Kept(null).Any(bytes => bytes.AsSpan().IndexOf(canary) >= 0 || bytes.AsSpan().IndexOf(label) >= 0));
        Assert.Equal(!s3, Directory.Exists(Path.Combine(Root, "jobs", waiting)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Result_AfterTheKeyWasRotatedAndTakenAway_IsReadAndThenNot(bool s3)
    {
        string id;
        await using (ApiHost host = new(Settings(s3)))
        {
            HttpClient client = host.CreateClient();
            id = await client.QueueAsync(Form(TestImages.SmallNifti()));
            await client.JobAtEndAsync(id);
        }
        string old = await File.ReadAllTextAsync(KeyFile), young = Key();
        await File.WriteAllTextAsync(KeyFile, young + old);
        await using (ApiHost host = new(Settings(s3)))
        {
            HttpClient client = host.CreateClient();
            TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{id}/result"), new GridSize(5, 7, 9));
        }
        await File.WriteAllTextAsync(KeyFile, young);
        await using ApiHost without = new(Settings(s3));
        HttpClient last = without.CreateClient();

        using HttpResponseMessage response = await last.GetAsync($"{Jobs}/{id}/result");

        await ProblemAsync(response, HttpStatusCode.InternalServerError, "artifact-unreadable");
        Assert.Equal("succeeded", (string?)(await last.JobAtEndAsync(await last.QueueAsync(Form(TestImages.SmallNifti()))))["state"]);
    }

    [Fact]
    public async Task Result_OfAnotherJobOrCutOff_IsUnreadable()
    {
        await using ApiHost host = new(Settings(s3: false));
        HttpClient client = host.CreateClient();
        string first = await client.QueueAsync(Form(TestImages.SmallNifti())), second = await client.QueueAsync(Form(TestImages.SmallNifti()));
        await client.JobAtEndAsync(first);
        await client.JobAtEndAsync(second);
        string path = Path.Combine(Root, "jobs", first, "result-1");
        byte[] own = await File.ReadAllBytesAsync(path);

        foreach (byte[] content in new[] { await File.ReadAllBytesAsync(Path.Combine(Root, "jobs", second, "result-1")), own[..^1], own[..10], [] })
        {
            await File.WriteAllBytesAsync(path, content);
            using HttpResponseMessage response = await client.GetAsync($"{Jobs}/{first}/result");
            await ProblemAsync(response, HttpStatusCode.InternalServerError, "artifact-unreadable");
        }
        await File.WriteAllBytesAsync(path, own);
        TestImages.AssertLabels(await client.GetByteArrayAsync($"{Jobs}/{first}/result"), new GridSize(5, 7, 9));
    }

    [Fact]
    public async Task Job_InputWasChanged_FailsAndSaysSo()
    {
        await using ApiHost host = new(Settings(s3: false));
        HttpClient client = host.CreateClient();
        string before = await client.QueueAsync(Slow()), id = await client.QueueAsync(Form(TestImages.SmallNifti()));
        string path = Path.Combine(Root, "jobs", id, "input");
        byte[] kept = await File.ReadAllBytesAsync(path);
        kept[^20] ^= 1;
        await File.WriteAllBytesAsync(path, kept);
        (await client.DeleteAsync($"{Jobs}/{before}")).Dispose();

        JsonNode job = await client.JobAtEndAsync(id);

        Assert.Equal(("failed", "artifact-unreadable"), ((string)job["state"]!, (string)job["problem"]!["code"]!));
        await client.UntilAsync(() => !File.Exists(path));
    }

    [Fact]
    public async Task Job_DicomSeries_GivesItsSegmentation()
    {
        await using ApiHost host = new(Settings(s3: false));
        (HttpContent body, string query) = TestSeries.Send("zip", TestSeries.Files());

        using HttpResponseMessage response = await host.CreateClient().PostAsync(body, query, "wait=60");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        TestSeries.AssertMask(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Start_KeyFileIsNone_IsRefusedWithoutItsText()
    {
        await File.WriteAllTextAsync(KeyFile, "CANARY-CANARY\n");
        await using ServiceProcess service = new(new Dictionary<string, string>(Settings(s3: false)) { ["Auth:Mode"] = "none", ["Models:Root"] = _folder.Path });

        Assert.Equal(1, await service.EndAsync());

        Assert.Contains(service.Lines, line => line.StartsWith("MedISeg does not start: Line 1 of the file Data:EncryptionKeyFile is no key", StringComparison.Ordinal));
        Assert.DoesNotContain(service.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    private static string Key() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n";

    private static MultipartFormDataContent Slow() => Form(TestImages.Nifti(TestImages.Create(SlowGrid)), "analytic", ApiHost.SlowOptions);

    private Dictionary<string, string> Settings(bool s3) => new(s3 ? _s3.Settings() : []) { ["Data:Root"] = Root, ["Data:EncryptionKeyFile"] = KeyFile };

    /// <summary>All that lies in the data folder and in the object store, but for what a job works with.</summary>
    private byte[][] Kept(string? running) =>
    [
        .. _s3.Objects.Values.Select(one => one.Bytes),
        .. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != "lock" && (running is null || !path.Contains(Path.Combine("work", "jobs", running), StringComparison.Ordinal))).Select(Read),
    ];

    private static byte[] Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[file.Length];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (IOException)
        {
            // Gone meanwhile.
            return [];
        }
    }
}
