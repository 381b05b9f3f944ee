using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>What the service takes from a connection, tells browsers, and reads from secret files.</summary>
public sealed class HardeningTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings;

    public HardeningTests()
    {
        string models = Path.Combine(_folder.Path, "models");
        AnalyticPackages.Write(models, ApiHost.Volumes);
        _settings = new Dictionary<string, string> { ["Auth:Mode"] = "none", ["Data:Root"] = Path.Combine(_folder.Path, "data"), ["Models:Root"] = models, ["Models:Threads"] = "1" };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Send_HeadersThatAreTooLarge_AreRefusedAndNotLogged()
    {
        _settings["Log:Level"] = "Verbose";
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();

        string large = await TalkAsync(client, $"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-A: {string.Concat(Enumerable.Repeat("CANARY", 10_000))}\r\n\r\n");
        string many = await TalkAsync(client, $"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n{string.Concat(Enumerable.Repeat("X-CANARY: 1\r\n", 200))}\r\n");
        string line = await TalkAsync(client, $"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", large, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", many, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414 ", line, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/models")).StatusCode);
        Assert.Equal(0, await service.StopAsync());
        Assert.All(service.Lines, text => Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_BodyAsATrickle_IsEndedAndLeavesNothing()
    {
        _settings["Limits:MinUploadBytesPerSecond"] = "1000";
        await using ServiceProcess service = new(_settings);
        using HttpClient client = await service.ClientAsync();
        using TcpClient socket = new();
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        await using NetworkStream stream = socket.GetStream();
        Stopwatch watch = Stopwatch.StartNew();
        await stream.WriteAsync("POST /v1/segmentations?model=analytic HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray());

        // A byte in a while: each keeps an idle connection alive, none keeps the rate.
        Task trickle = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await stream.WriteAsync(new byte[] { 1 });
                    await Task.Delay(100);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
            }
        });
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string answer = await ReadAsync(reader);
        socket.Close();
        await trickle;

        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 30);
        Assert.Contains("malformed-request", answer, StringComparison.Ordinal);
        await client.UntilAsync(() => Directory.GetDirectories(Path.Combine(_settings["Data:Root"], "uploads")).Length == 0);
        using HttpResponseMessage next = await client.PostAsync(Form(TestImages.SmallNifti()));
        Assert.Equal(HttpStatusCode.Created, next.StatusCode);
    }

    [Fact]
    public async Task Listen_CertificateOfTheConfiguration_SpeaksTls()
    {
        using TestCertificate certificate = new("mediseg.test");
        await certificate.WriteAsync(_folder.Path);
        _settings["Kestrel:Endpoints:Https:Url"] = "https://127.0.0.1:0";
        _settings["Kestrel:Endpoints:Https:Certificate:Path"] = Path.Combine(_folder.Path, "tls.crt");
        _settings["Kestrel:Endpoints:Https:Certificate:KeyPath"] = Path.Combine(_folder.Path, "tls.key");
        await using ServiceProcess service = new(_settings);
        using HttpClient listening = await service.ClientAsync();
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint };
        using HttpClient client = new(handler) { BaseAddress = listening.BaseAddress };

        using HttpResponseMessage response = await client.GetAsync("/v1/models");

        Assert.Equal(("https", HttpStatusCode.OK), (listening.BaseAddress!.Scheme, response.StatusCode));
    }

    [Fact]
    public async Task Get_OverHttpsOnly_SaysToStayWithHttps()
    {
        using TestCertificate certificate = new("mediseg.test");
        await certificate.WriteAsync(_folder.Path);
        _settings["Auth:Mode"] = "keys";
        _settings["Kestrel:Endpoints:Http:Url"] = "http://127.0.0.1:0";
        _settings["Kestrel:Endpoints:Https:Url"] = "https://127.0.0.1:0";
        _settings["Kestrel:Endpoints:Https:Certificate:Path"] = Path.Combine(_folder.Path, "tls.crt");
        _settings["Kestrel:Endpoints:Https:Certificate:KeyPath"] = Path.Combine(_folder.Path, "tls.key");
        await using ServiceProcess service = new(_settings);
        using HttpClient first = await service.ClientAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (Addresses(service).Length < 2) await Task.Delay(50, limit.Token);
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint };
        using HttpClient client = new(handler);

        async Task<string?> SaidAsync(string scheme, string host, string path)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, Addresses(service).Single(address => address.Scheme == scheme) + path) { Headers = { Host = host } };
            using HttpResponseMessage response = await client.SendAsync(request);
            return response.Headers.TryGetValues("Strict-Transport-Security", out IEnumerable<string>? said) ? said.Single() : null;
        }

        Assert.Equal("max-age=31536000", await SaidAsync("https", "mediseg.test", "health/live"));
        Assert.Equal("max-age=31536000", await SaidAsync("https", "mediseg.test", "v1/models"));
        Assert.Null(await SaidAsync("https", "localhost", "health/live"));
        Assert.Null(await SaidAsync("http", "mediseg.test", "health/live"));
    }

    [Fact]
    public async Task Start_SecretsInAFolder_AreSettings()
    {
        string secrets = Path.Combine(_folder.Path, "secrets");
        Directory.CreateDirectory(secrets);
        await File.WriteAllTextAsync(Path.Combine(secrets, "Auth__Keys__0__Name"), "ward\n");
        await File.WriteAllTextAsync(Path.Combine(secrets, "Auth__Keys__0__Sha256"), TestKeys.Hash("ward") + "\n");
        await using ApiHost host = new(new Dictionary<string, string> { ["Auth:Mode"] = "keys", ["Secrets:Folder"] = secrets });

        using HttpResponseMessage response = await host.As("ward").GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Get_PageOfAnotherOrigin_IsAllowedOnlyWhereItIsConfigured()
    {
        Dictionary<string, string> settings = TestKeys.Settings(("ward", []));
        await using ApiHost closed = new(settings);
        settings["Cors:Origins:0"] = "https://viewer.example";
        await using ApiHost open = new(settings);

        Assert.Null(await AllowedAsync(closed, "https://viewer.example"));
        Assert.Equal("https://viewer.example", await AllowedAsync(open, "https://viewer.example"));
        Assert.Null(await AllowedAsync(open, "https://viewer.example.evil.test"));
        Assert.Null(await AllowedAsync(open, "null"));
    }

    [Theory]
    [InlineData("/v1/models", "default-src 'none'")]
    [InlineData("/v1/nothing", "default-src 'none'")]
    [InlineData("/swagger/index.html", "default-src 'self'")]
    [InlineData("/problems", "default-src 'self'")]
    public async Task Get_AnyAnswer_SaysWhatAPageMayRun(string address, string policy)
    {
        await using ApiHost host = new();

        using HttpResponseMessage response = await host.CreateClient().GetAsync(address);

        string said = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith(policy, said, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", said, StringComparison.Ordinal);
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        // What the policy forbids the page must not need.
        string body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<script(?![^>]*src=)[^>]*>", body);
        Assert.DoesNotMatch("(src|href)=\"https?://", body);
    }

    private static Uri[] Addresses(ServiceProcess service) =>
        [.. service.Lines.Select(line => line.Split("Now listening on: ")).Where(parts => parts.Length == 2).Select(parts => new Uri(parts[1].Trim()))];

    private static async Task<string?> AllowedAsync(ApiHost host, string origin)
    {
        using HttpRequestMessage request = new(HttpMethod.Options, "/v1/segmentations");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-api-key");
        using HttpResponseMessage response = await host.CreateClient().SendAsync(request);
        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? allowed) ? allowed.Single() : null;
    }

    private static async Task<string> TalkAsync(HttpClient client, string request)
    {
        using TcpClient socket = new();
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        await using NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream, Encoding.ASCII);
        return await ReadAsync(reader);
    }

    /// <summary>What came until the connection ended, also by a reset.</summary>
    private static async Task<string> ReadAsync(StreamReader reader)
    {
        StringBuilder text = new();
        try
        {
            char[] buffer = new char[1000];
            while (await reader.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromMinutes(1)) is > 0 and int count) text.Append(buffer, 0, count);
        }
        catch (IOException)
        {
        }
        return text.ToString();
    }
}
