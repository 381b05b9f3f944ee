using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Packages that come and go while the service runs: sent to it, or put into its folder.</summary>
public sealed class ModelRepositoryTests : IAsyncDisposable
{
    private const string Models = "/v1/models";

    private static readonly AnalyticPackageOptions Second = ApiHost.Volumes with { Version = "2", Thresholds = [150] };

    private readonly ApiHost _host = new(new Dictionary<string, string> { ["Models:ScanInterval"] = "00:00:00" });
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client;

    public ModelRepositoryTests() => _client = _host.CreateClient();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Put_NewVersion_IsServedAndTheOldOneToo()
    {
        using HttpResponseMessage added = await PutAsync("analytic/2", Zip(Second, folder: "analytic/2/"));
        JsonNode summary = JsonNode.Parse(await added.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.Created, "/v1/models/analytic/2"), (added.StatusCode, added.Headers.Location!.ToString()));
        Assert.Equal(("analytic", "2"), ((string?)summary["name"], (string?)summary["version"]));
        Assert.Equal(["2", "1"], await VersionsAsync());
        foreach ((string model, string version) in ((string, string)[])[("analytic", "2"), ("analytic@1", "1")])
        {
            string id = await _client.QueueAsync(Form(TestImages.SmallNifti()), "?model=" + model);
            JsonNode recipe = (await _client.JobAtEndAsync(id))["report"]!["recipe"]!;
            Assert.Equal(version, (string?)recipe["version"]);
            if (version == "2") Assert.Equal((string?)summary["sha256"], (string?)recipe["sha256"]);
        }
        Assert.Empty(Directory.GetDirectories(Path.Combine(_host.ModelRoot, ".staging")));
    }

    [Fact]
    public async Task Put_TheSameAgain_IsFineAndAnotherUnderItsNameIsNot()
    {
        byte[] package = Zip(Second);
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("analytic/2", package)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("analytic/2", package)).StatusCode);
        using HttpResponseMessage other = await PutAsync("analytic/2", Zip(Second with { Thresholds = [170] }));
        await ProblemAsync(other, HttpStatusCode.Conflict, "model-conflict", "new version");
    }

    [Theory]
    [InlineData("altered", HttpStatusCode.UnprocessableEntity, "invalid-package", "SHA-256 differs")]
    [InlineData("elsewhere", HttpStatusCode.UnprocessableEntity, "invalid-package", "send it to /v1/models/analytic/2")]
    [InlineData("manifest", HttpStatusCode.UnprocessableEntity, "invalid-package", "model.json")]
    [InlineData("empty", HttpStatusCode.UnprocessableEntity, "invalid-package", "no model.json")]
    [InlineData("twice", HttpStatusCode.UnprocessableEntity, "invalid-package", "two files of one name")]
    [InlineData("name", HttpStatusCode.UnprocessableEntity, "invalid-package", "rename it")]
    [InlineData("outside", HttpStatusCode.BadRequest, "unreadable-archive", "leads out of its folder")]
    [InlineData("noise", HttpStatusCode.BadRequest, "unreadable-archive", "")]
    [InlineData("nothing", HttpStatusCode.BadRequest, "empty-body", "")]
    [InlineData("type", HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "")]
    public async Task Put_WhatCannotBeServed_IsRefusedAndLeavesNothing(string kind, HttpStatusCode status, string code, string detail)
    {
        byte[] zip = kind switch
        {
            "altered" => Zip(Second, change: files => files["member-0.onnx"][^1] ^= 1),
            "manifest" => Zip(Second, change: files => files["model.json"] = "{}"u8.ToArray()),
            "empty" => Zip(Second, change: files => files.Clear()),
            "twice" => Zip(Second, change: files => files["other/model.json"] = files["model.json"]),
            "name" => Zip(Second, change: files => files["read me.md"] = [1]),
            "outside" => Zip(Second, change: files => files["../../evil.onnx"] = [1]),
            "noise" => new byte[5000],
            "nothing" => [],
            _ => Zip(Second),
        };
        using HttpResponseMessage refused = await PutAsync(kind == "elsewhere" ? "analytic/3" : "analytic/2", zip, kind == "type" ? "application/octet-stream" : "application/zip");
        await ProblemAsync(refused, status, code, detail);
        Assert.Equal(["1"], await VersionsAsync());
        Assert.Equal(["1"], Directory.GetDirectories(Path.Combine(_host.ModelRoot, "analytic")).Select(Path.GetFileName));
        string staging = Path.Combine(_host.ModelRoot, ".staging");
        if (Directory.Exists(staging)) Assert.Empty(Directory.GetDirectories(staging));
        Assert.False(File.Exists(Path.Combine(_host.ModelRoot, "evil.onnx")));
    }

    [Fact]
    public async Task Put_WhatAKilledServiceLeft_IsRemovedAfterADay()
    {
        string old = Directory.CreateDirectory(Path.Combine(_host.ModelRoot, ".staging", "old")).FullName;
        string young = Directory.CreateDirectory(Path.Combine(_host.ModelRoot, ".staging", "young")).FullName;
        Directory.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-2));
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("analytic/2", Zip(Second))).StatusCode);
        Assert.False(Directory.Exists(old));
        Assert.True(Directory.Exists(young));
    }

    [Fact]
    public async Task Put_FolderThatCannotBeWritten_IsAConflict()
    {
        string file = Path.Combine(_folder.Path, "models");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:Root"] = file });
        using HttpResponseMessage refused = await PutAsync("analytic/2", Zip(Second), client: host.CreateClient());
        await ProblemAsync(refused, HttpStatusCode.Conflict, "model-conflict", "cannot be written");
    }

    [Fact]
    public async Task Delete_Version_IsGoneAndARunningJobEnds()
    {
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("analytic/2", Zip(Second))).StatusCode);
        string id = await _client.QueueAsync(Form(TestImages.SmallNifti()), "?model=analytic@2&options=" + Uri.EscapeDataString(ApiHost.SlowOptions));
        await _client.JobWhenAsync(id, job => (string?)job["state"] != "queued");
        using HttpResponseMessage gone = await _client.DeleteAsync($"{Models}/analytic/2");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(["1"], await VersionsAsync());
        Assert.Equal("succeeded", (string?)(await _client.JobAtEndAsync(id))["state"]);
        using HttpResponseMessage again = await _client.DeleteAsync($"{Models}/analytic/2");
        await ProblemAsync(again, HttpStatusCode.NotFound, "unknown-model");
        Assert.False(Directory.Exists(Path.Combine(_host.ModelRoot, "analytic", "2")));
    }

    [Fact]
    public async Task Delete_FirstStageOfAnother_IsAConflict()
    {
        ModelCascade cascade = new() { Model = "analytic", Version = "1", Labels = [1], MarginMm = 5 };
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("full/1", Zip(ApiHost.Volumes with
        {
            Name = "full", Change = manifest => manifest with { Cascade = cascade },
        }))).StatusCode);
        using HttpResponseMessage refused = await _client.DeleteAsync($"{Models}/analytic/1");
        await ProblemAsync(refused, HttpStatusCode.Conflict, "model-conflict", "full@1");
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"{Models}/full/1")).StatusCode);
    }

    [Fact]
    public async Task Folder_PackageThatIsPutThere_IsServedWithoutARestart()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:ScanInterval"] = "00:00:00.1" });
        using HttpClient client = host.CreateClient();
        Assert.Equal(["1"], await VersionsAsync(client));
        string made = AnalyticPackages.Write(_folder.Path, Second);
        // As an operator copies it: the manifest first, its network later.
        string target = Directory.CreateDirectory(Path.Combine(host.ModelRoot, "analytic", "2")).FullName;
        File.Copy(Path.Combine(made, "model.json"), Path.Combine(target, "model.json"));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(["1"], await VersionsAsync(client));
        File.Copy(Path.Combine(made, "member-0.onnx"), Path.Combine(target, "member-0.onnx"));
        for (int n = 0; n < 200 && (await VersionsAsync(client)).Length < 2; n++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(["2", "1"], await VersionsAsync(client));
        Directory.Delete(target, recursive: true);
        for (int n = 0; n < 200 && (await VersionsAsync(client)).Length > 1; n++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(["1"], await VersionsAsync(client));
    }

    [Fact]
    public async Task Pins_NameWithoutVersion_IsThePinnedOne()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:Pins:analytic"] = "1" }, [ApiHost.Volumes, Second]);
        using HttpClient client = host.CreateClient();
        string id = await client.QueueAsync(Form(TestImages.SmallNifti()), "?model=analytic");
        Assert.Equal("1", (string?)(await client.JobAtEndAsync(id))["report"]!["recipe"]!["version"]);
        Assert.Equal("1", (string?)JsonNode.Parse(await client.GetStringAsync($"{Models}/analytic"))!["version"]);
    }

    private async Task<string[]> VersionsAsync(HttpClient? client = null) =>
        [.. JsonNode.Parse(await (client ?? _client).GetStringAsync(Models))!["items"]!.AsArray().Select(item => (string)item!["version"]!)];

    private async Task<HttpResponseMessage> PutAsync(string address, byte[] zip, string type = "application/zip", HttpClient? client = null)
    {
        using ByteArrayContent body = new(zip);
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await (client ?? _client).PutAsync($"{Models}/{address}", body, TestContext.Current.CancellationToken);
    }

    /// <summary>The archive of a package's folder.</summary>
    private byte[] Zip(AnalyticPackageOptions options, string folder = "", Action<Dictionary<string, byte[]>>? change = null)
    {
        string path = AnalyticPackages.Write(Directory.CreateDirectory(Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"))).FullName, options);
        Dictionary<string, byte[]> files = Directory.GetFiles(path).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
        change?.Invoke(files);
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = archive.CreateEntry(folder + name).Open();
                entry.Write(bytes);
            }
        return stream.ToArray();
    }
}
