using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom;

namespace MedISeg.Tests.Api;

public sealed class InformationTests : IAsyncDisposable
{
    private readonly ApiHost _host = new(packages: [ApiHost.Volumes, ApiHost.Volumes with { Version = "2" }, ApiHost.Pictures]);
    private readonly HttpClient _client;

    public InformationTests() => _client = _host.CreateClient();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Models_All_AreListedByNameAndNewestFirst()
    {
        JsonArray items = JsonNode.Parse(await _client.GetStringAsync("/v1/models"))!["items"]!.AsArray();

        Assert.Equal(["analytic@2", "analytic@1", "pictures@1"], items.Select(item => $"{item!["name"]}@{item["version"]}"));
        Assert.Equal("class-1", (string?)items[0]!["classes"]![1]!["name"]);
        Assert.Equal("/v1/models/analytic/2", (string?)items[0]!["self"]);
    }

    [Theory]
    [InlineData("/v1/models/analytic", "2")]
    [InlineData("/v1/models/analytic/1", "1")]
    public async Task Model_Manifest_FitsItsSchema(string address, string version)
    {
        string text = await _client.GetStringAsync(address);

        Assert.Equal(version, (string?)JsonNode.Parse(text)!["version"]);
        Assert.Empty(Schemas.Faults("model", text));
    }

    [Fact]
    public async Task Model_Unknown_ListsModels()
    {
        using HttpResponseMessage response = await _client.GetAsync("/v1/models/analytic/3");

        await ApiClient.ProblemAsync(response, HttpStatusCode.NotFound, "unknown-model", "analytic@2, analytic@1");
    }

    [Fact]
    public async Task Tricks_Overlap_BearsSchemaAndDefault()
    {
        JsonNode tricks = JsonNode.Parse(await _client.GetStringAsync("/v1/tricks"))!;

        JsonNode overlap = tricks["items"]!.AsArray().Single(trick => (string)trick!["key"]! == "slidingWindow.overlap")!;
        Assert.Equal("array", (string?)overlap["schema"]!["type"]![0]);
        Assert.Equal(0.5, (double)overlap["default"]![0]!);
    }

    [Fact]
    public async Task Capabilities_OfThisHost_AreWhatItsDecoderSays()
    {
        JsonNode document = JsonNode.Parse(await _client.GetStringAsync("/v1/capabilities"))!;

        using FrameDecoder decoder = new();
        JsonNode[] syntaxes = [.. document["transferSyntaxes"]!.AsArray().Select(syntax => syntax!)];
        Assert.Equal(DicomTransferSyntax.All.Count, syntaxes.Length);
        Assert.Equal(decoder.DecodableSyntaxes.Select(syntax => syntax.Uid), syntaxes.Where(syntax => (bool)syntax["decoded"]!).Select(syntax => (string)syntax["uid"]!));
        Assert.All(syntaxes, syntax => Assert.Equal(!(bool)syntax["decoded"]!, syntax["needs"] is not null));
        JsonNode lossless = syntaxes.Single(syntax => (string)syntax["uid"]! == "1.2.840.10008.1.2.4.90");
        Assert.Equal(("JPEG 2000 Lossless", false), ((string)lossless["name"]!, (bool)lossless["lossy"]!));
        Assert.Contains("nifti-gzip", document["imageFormats"]!.AsArray().Select(format => (string)format!));
        JsonNode dicom = document["results"]!.AsArray().Single(result => (string)result!["format"]! == "dcm")!;
        Assert.Equal("application/dicom", (string)dicom["mediaTypes"]![0]!);
    }

    [Fact]
    public async Task Health_ModelsLoaded_IsReadyAndNamesTheDevice()
    {
        Assert.Equal("{\"status\":\"live\"}", await _client.GetStringAsync("/health/live"));
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        JsonNode ready;
        do
        {
            using HttpResponseMessage response = await _client.GetAsync("/health/ready", limit.Token);
            ready = await ApiClient.JsonAsync(response);
            Assert.Equal((string)ready["status"]! == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        while ((string)ready["status"]! != "ready");
        Assert.Equal(("cpu", 3), ((string)ready["device"]!, (int)ready["models"]!));
        Assert.Equal("""{"store":true,"models":true,"worker":true,"disk":true,"running":true}""", ready["checks"]!.ToJsonString());
        Assert.Empty(ready["modelsLeftOut"]!.AsArray());
    }

    [Fact]
    public async Task Health_NoModels_IsNotReadyAndSaysWhy()
    {
        await using ApiHost empty = new(packages: []);

        using HttpResponseMessage response = await empty.CreateClient().GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("set Models:Root", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_BrokenNetwork_IsNotReady()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Models:Preload"] = "true" });
        string models = host.ModelRoot;
        await File.AppendAllTextAsync(Path.Combine(models, "analytic", "1", "member-0.onnx"), "x");
        HttpClient client = host.CreateClient();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));

        string text;
        do text = await (await client.GetAsync("/health/ready", limit.Token)).Content.ReadAsStringAsync(limit.Token);
        while (text.Contains("being loaded", StringComparison.Ordinal));

        Assert.Contains("No model can be loaded", text, StringComparison.Ordinal);
        JsonNode document = JsonNode.Parse(text)!;
        Assert.Equal("""{"store":true,"models":false,"worker":true,"disk":true,"running":true}""", document["checks"]!.ToJsonString());
        Assert.Equal("analytic/1", (string?)Assert.Single(document["modelsLeftOut"]!.AsArray()));
    }

    [Fact]
    public async Task Health_OneOfTwoPackagesIsBroken_IsReadyAndNamesIt()
    {
        await using ApiHost host = new(packages: [ApiHost.Volumes, ApiHost.Pictures]);
        await File.WriteAllTextAsync(Path.Combine(host.ModelRoot, "pictures", "1", "model.json"), "{");
        HttpClient client = host.CreateClient();
        await client.UntilReadyAsync();

        JsonNode ready = JsonNode.Parse(await client.GetStringAsync("/health/ready"))!;

        Assert.Equal(("ready", 1), ((string)ready["status"]!, (int)ready["models"]!));
        Assert.Equal("pictures/1", (string?)Assert.Single(ready["modelsLeftOut"]!.AsArray()));
    }

    [Fact]
    public async Task Health_DataFolderCannotBeWritten_IsNotReadyUntilItCan()
    {
        await using ApiHost host = new();
        HttpClient client = host.CreateClient();
        await client.UntilReadyAsync();
        string uploads = Path.Combine(host.DataRoot, "uploads");
        Directory.Delete(uploads, recursive: true);

        using HttpResponseMessage response = await client.GetAsync("/health/ready");
        Directory.CreateDirectory(uploads);

        JsonNode document = await ApiClient.JsonAsync(response);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("not-ready", (string?)document["status"]);
        Assert.Equal("""{"store":true,"models":true,"worker":true,"disk":false,"running":true}""", document["checks"]!.ToJsonString());
        Assert.StartsWith("The data folder cannot be written", (string?)Assert.Single(document["reasons"]!.AsArray()), StringComparison.Ordinal);
        await client.UntilReadyAsync();
    }

    [Fact]
    public async Task Problems_EveryType_HasAPage()
    {
        foreach (var kind in MedISeg.Api.Problems.ProblemTable.All)
        {
            using HttpResponseMessage response = await _client.GetAsync(kind.Type);
            Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains(kind.Title, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
