using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MedISeg.Api.Options;
using MedISeg.Imaging.Volumes;
using MedISeg.Tests.Repository;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>The service behind a real nginx with <c>deploy/nginx/mediseg.conf</c>, below a path of its own.</summary>
public sealed partial class ReverseProxyTests : IAsyncDisposable
{
    private const string Root = "/mediseg";

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings;
    private readonly List<IAsyncDisposable> _servers = [];

    public ReverseProxyTests()
    {
        string models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        _settings = TestKeys.Settings(("ward", ["segment", "read"]));
        foreach ((string key, string value) in new Dictionary<string, string>
        {
            ["Limits:MaxNetworkCalls"] = "1000000000", ["Limits:MaxUploadBytes"] = "40000000", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models,
            ["Models:Threads"] = "1", ["Jobs:ProgressInterval"] = "00:00:00.05", ["Proxy:Known:0"] = "127.0.0.1", ["Proxy:PathBase"] = Root,
        }) _settings[key] = value;
    }

    public async ValueTask DisposeAsync()
    {
        _servers.Reverse();
        foreach (IAsyncDisposable server in _servers) await server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Links_BelowThePath_LeadBackThroughTheProxy()
    {
        using HttpClient client = await StartAsync();
        byte[] image = TestImages.SmallNifti();

        using HttpResponseMessage created = await PostAsync(client, Form(image), "wait=60");
        using HttpResponseMessage accepted = await PostAsync(client, Form(image), "respond-async");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Accepted), (created.StatusCode, accepted.StatusCode));
        string address = created.Headers.Location!.OriginalString;
        Assert.StartsWith(Root + Jobs + "/", address, StringComparison.Ordinal);
        JsonNode job = JsonNode.Parse(await client.GetStringAsync(address))!;
        Assert.Equal(address, (string?)job["links"]!["self"]);
        TestImages.AssertLabels(await client.GetByteArrayAsync((string?)job["links"]!["result"]), new GridSize(5, 7, 9));
        Assert.Contains("event: done", await client.GetStringAsync((string?)job["links"]!["events"]), StringComparison.Ordinal);
        JsonNode page = JsonNode.Parse(await client.GetStringAsync(Root + Jobs + "?limit=1"))!;
        JsonNode next = JsonNode.Parse(await client.GetStringAsync((string?)page["next"]))!;
        Assert.Equal(address, (string?)next["items"]![0]!["links"]!["self"]);
        JsonNode models = JsonNode.Parse(await client.GetStringAsync(Root + "/v1/models"))!;
        Assert.Equal("analytic", (string?)JsonNode.Parse(await client.GetStringAsync((string?)models["items"]![0]!["self"]))!["name"]);
    }

    [Fact]
    public async Task Problems_BelowThePath_NameTheirPageAndTheirJob()
    {
        using HttpClient client = await StartAsync();

        using HttpResponseMessage failed = await PostAsync(client, Form(TestImages.SmallNifti(gzip: false)[..400]), "wait=60");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, failed.StatusCode);
        string text = await failed.Content.ReadAsStringAsync();
        Assert.Empty(Schemas.Faults("problem", text));
        JsonNode problem = JsonNode.Parse(text)!;
        Assert.Equal("text/html", (await client.GetAsync((string?)problem["type"])).Content.Headers.ContentType?.MediaType);
        JsonNode job = JsonNode.Parse(await client.GetStringAsync((string?)problem["instance"] ?? failed.Headers.Location!.OriginalString))!;
        Assert.Equal((string?)problem["type"], (string?)job["problem"]!["type"]);
    }

    [Fact]
    public async Task Pages_BelowThePath_LoadWithAllTheyNeed()
    {
        using HttpClient client = await StartAsync();

        using HttpResponseMessage start = await client.GetAsync(Root), redirect = await client.GetAsync(Root + "/");
        using HttpResponseMessage page = await client.GetAsync(redirect.Headers.Location + "/index.html");
        JsonNode document = JsonNode.Parse(await client.GetStringAsync(Root + "/openapi/v1.json"))!;

        Assert.Equal($"https://mediseg.example{Root}/", start.Headers.Location?.OriginalString);
        Assert.Equal(Root + "/swagger", redirect.Headers.Location?.OriginalString);
        string[] files = [.. Needed().Matches(await page.Content.ReadAsStringAsync()).Select(file => file.Groups[1].Value)];
        Assert.Contains("index.js", files);
        foreach (string file in files) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(page.RequestMessage!.RequestUri!, file))).StatusCode);
        Assert.Contains("../openapi/v1.json", await client.GetStringAsync(Root + "/swagger/index.js"), StringComparison.Ordinal);
        Assert.Equal(Root, (string?)document["servers"]!.AsArray().Single()!["url"]);
        Assert.StartsWith("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using HttpResponseMessage data = await client.GetAsync(Root + "/v1/models");
        Assert.StartsWith("default-src 'none'", data.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-store", data.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Tls_AtTheProxy_IsKnownToTheService()
    {
        using HttpClient client = await StartAsync();
        using HttpClient plain = ((NginxServer)_servers[1]).PlainClient();

        using HttpResponseMessage secure = await client.GetAsync(Root + "/v1/models"), refused = await client.GetAsync(Root + "/v1/nothing");
        using HttpResponseMessage moved = await plain.GetAsync(Root + "/v1/models?a=1");

        Assert.Equal("max-age=31536000", secure.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.Equal("max-age=31536000", refused.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.Equal((HttpStatusCode.MovedPermanently, $"https://mediseg.example{Root}/v1/models?a=1"), (moved.StatusCode, moved.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Events_OfARunningJob_ArriveWhileItRuns()
    {
        using HttpClient client = await StartAsync();
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(60, 60, 60)));
        using HttpResponseMessage accepted = await PostAsync(client, Form(image, options: ApiHost.SlowOptions), "respond-async");
        string address = accepted.Headers.Location!.OriginalString;
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));

        using HttpResponseMessage response = await client.GetAsync(address + "/events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using StreamReader lines = new(await response.Content.ReadAsStreamAsync(limit.Token));
        int progress = 0;
        while (progress < 3) if (await lines.ReadLineAsync(limit.Token) == "event: progress") progress++;
        // They are here, and the job has not ended: nobody collected them first.
        JsonNode job = JsonNode.Parse(await client.GetStringAsync(address, limit.Token))!;
        (await client.DeleteAsync(address, limit.Token)).Dispose();
        string rest = await lines.ReadToEndAsync(limit.Token);

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("running", (string?)job["state"]);
        Assert.Contains("event: done", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_UnderAndOverTheLimit_IsTakenAndRefusedByTheService(bool isAnnounced)
    {
        using HttpClient client = await StartAsync();
        byte[] image = TestImages.Nifti(TestImages.Create(new GridSize(200, 240, 250)), gzip: false);
        Assert.InRange(image.Length, 20 << 20, 40_000_000);
        using HttpContent large = isAnnounced ? Raw(new byte[80_000_000]) : new LongBody(announced: null, length: 80_000_000);

        using HttpResponseMessage taken = await PostAsync(client, isAnnounced ? Raw(image) : Form(image), "respond-async");
        using HttpResponseMessage refused = await PostAsync(client, large, "respond-async");

        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        (await client.DeleteAsync(taken.Headers.Location)).Dispose();
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-large"), (refused.StatusCode, (string?)(await JsonAsync(refused))["code"]));
    }

    [Fact]
    public async Task Send_ForgedAddresses_CountAsTheOneThatTheProxySaw()
    {
        _settings["Limits:RequestsPerMinute"] = "3";
        using HttpClient client = await StartAsync();
        client.DefaultRequestHeaders.Remove("X-Api-Key");

        List<HttpStatusCode> answers = [];
        for (int n = 0; n < 5; n++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, Root + "/v1/models") { Headers = { { "X-Forwarded-For", $"198.51.100.{n}" } } };
            using HttpResponseMessage response = await client.SendAsync(request);
            answers.Add(response.StatusCode);
        }

        HttpStatusCode unknown = HttpStatusCode.Unauthorized, enough = HttpStatusCode.TooManyRequests;
        Assert.Equal([unknown, unknown, unknown, enough, enough], answers);
    }

    [Fact]
    public async Task Example_WaitsForAnAnswer_LongerThanRequestsMayWait()
    {
        string text = await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "nginx", "mediseg.conf"));

        double seconds = double.Parse(ReadTimeout().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.True(seconds > new JobOptions().MaxWait.TotalSeconds);
    }

    /// <summary>Starts both and gives a client of the proxy that has a key.</summary>
    private async Task<HttpClient> StartAsync()
    {
        ExternalTool.Require("nginx");
        ServiceProcess service = new(_settings);
        _servers.Add(service);
        using HttpClient direct = await service.ClientAsync();
        NginxServer proxy = await NginxServer.StartAsync(direct.BaseAddress!);
        _servers.Add(proxy);
        HttpClient client = proxy.Client();
        client.DefaultRequestHeaders.Add("X-Api-Key", "ward");
        return client;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, HttpContent body, string prefer)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Root + Jobs + "?model=analytic") { Content = body };
        request.Headers.Add("Prefer", prefer);
        if (body.Headers.ContentLength is null) request.Headers.TransferEncodingChunked = true;
        return await client.SendAsync(request);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Needed();

    [GeneratedRegex("proxy_read_timeout ([0-9]+)s;")]
    private static partial Regex ReadTimeout();
}
