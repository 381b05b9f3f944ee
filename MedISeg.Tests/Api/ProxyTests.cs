using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MedISeg.Api.Options;
using MedISeg.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Whose word about a request's origin counts, and the path base without a proxy.</summary>
public sealed class ProxyTests
{
    private const HttpStatusCode Unknown = HttpStatusCode.Unauthorized, Enough = HttpStatusCode.TooManyRequests;

    [Theory]
    [InlineData(null, "198.51.100.{0}", false)]
    [InlineData("127.0.0.2", "198.51.100.{0}", false)]
    [InlineData("10.0.0.0/8", "198.51.100.{0}", false)]
    [InlineData("127.0.0.1", "198.51.100.{0}", true)]
    [InlineData("127.0.0.0/8", "198.51.100.{0}", true)]
    [InlineData("127.0.0.1", "198.51.100.{0}, 203.0.113.9", false)]
    public async Task Send_ForwardedAddress_CountsFromKnownProxiesOnlyAndTheLastOnly(string? known, string address, bool counts)
    {
        await using ApiHost host = Host(known);
        using HttpClient client = host.CreateClient();

        Assert.Equal(counts ? [Unknown, Unknown, Unknown, Unknown] : [Unknown, Unknown, Enough, Enough], await AskAsync(client, address));
    }

    [Theory]
    [InlineData("127.0.0.2", "mediseg.example", false)]
    [InlineData("127.0.0.1", "mediseg.example", true)]
    [InlineData("127.0.0.1", "localhost", false)]
    public async Task Send_ForwardedScheme_CountsFromKnownProxiesOnly(string known, string name, bool isSecure)
    {
        await using ApiHost host = Host(known);
        using HttpRequestMessage request = new(HttpMethod.Get, "/health/live") { Headers = { { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", name } } };

        using HttpResponseMessage response = await host.CreateClient().SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isSecure, response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Start_SwitchOfTheFrameworkThatTrustsEverybody_HasNoEffect()
    {
        using TempFolder folder = new();
        Dictionary<string, string> settings = new(Settings)
        {
            ["Data:Root"] = Path.Combine(folder.Path, "data"), ["Models:Root"] = folder.Path, ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
        };
        await using ServiceProcess service = new(settings);
        using HttpClient client = await service.ClientAsync();

        Assert.Equal([Unknown, Unknown, Enough, Enough], await AskAsync(client, "198.51.100.{0}"));
    }

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/33")]
    [InlineData("")]
    public void Validate_NoAddress_IsRefused(string known)
    {
        KnownProxiesValidator validator = new(Microsoft.Extensions.Options.Options.Create(new AuthOptions()));

        Assert.Contains("Proxy:Known must hold", validator.Validate(null, new ProxyOptions { Known = ["10.0.0.1", known] }).FailureMessage, StringComparison.Ordinal);
        Assert.True(validator.Validate(null, new ProxyOptions { Known = ["10.0.0.1", "10.0.0.0/24", "fd00::/8", "::1"] }).Succeeded);
    }

    [Theory]
    [InlineData("mediseg", 1)]
    [InlineData("/mediseg/", 1)]
    [InlineData("/a b", 1)]
    [InlineData("//evil.example", 1)]
    [InlineData("/mediseg", 0)]
    public void Validate_NoPathOrNoHops_IsRefused(string pathBase, int hops) =>
        Assert.True(new ProxyOptionsValidator().Validate(null, new ProxyOptions { PathBase = pathBase, Hops = hops }).Failed);

    [Fact]
    public void Validate_ProxyAndNoKeys_IsRefusedUnlessTheNetworkMayEnter()
    {
        ProxyOptions proxy = new() { Known = ["127.0.0.1"] };
        KnownProxiesValidator closed = new(Microsoft.Extensions.Options.Options.Create(new AuthOptions { Mode = AuthMode.None }));
        KnownProxiesValidator open = new(Microsoft.Extensions.Options.Options.Create(new AuthOptions { Mode = AuthMode.None, AllowAnonymousOnNetwork = true }));

        Assert.Contains("without a key", closed.Validate(null, proxy).FailureMessage, StringComparison.Ordinal);
        Assert.True(open.Validate(null, proxy).Succeeded);
    }

    [Fact]
    public async Task Send_WithAndWithoutThePathBase_IsTheSameAddress()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Proxy:PathBase"] = "/imaging/mediseg" });
        HttpClient client = host.CreateClient();

        using HttpResponseMessage created = await client.PostAsync(Form(TestImages.SmallNifti()), prefer: "wait=60");
        string address = created.Headers.Location!.OriginalString;
        JsonNode below = JsonNode.Parse(await client.GetStringAsync(address))!;
        JsonNode plain = JsonNode.Parse(await client.GetStringAsync(address["/imaging/mediseg".Length..]))!;
        using HttpResponseMessage other = await client.GetAsync("/imaging/medisegs/v1/models"), removed = await client.DeleteAsync(address);

        Assert.StartsWith("/imaging/mediseg/v1/segmentations/", address, StringComparison.Ordinal);
        Assert.Equal(below.ToJsonString(), plain.ToJsonString());
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NoContent), (other.StatusCode, removed.StatusCode));
        // Set when the answer starts, which without a body is after the whole pipeline.
        Assert.StartsWith("default-src 'none'", removed.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ForeignPageBelowThePathBaseAndNoKeys_IsForbidden()
    {
        await using ApiHost host = new(new Dictionary<string, string> { ["Proxy:PathBase"] = "/mediseg" });
        using HttpRequestMessage request = new(HttpMethod.Get, "/mediseg/v1/models") { Headers = { { "Sec-Fetch-Site", "cross-site" } } };

        using HttpResponseMessage response = await host.CreateClient().SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("/mediseg/problems/forbidden", (string?)(await JsonAsync(response))["type"]);
    }
    private static Dictionary<string, string> Settings => new(TestKeys.Settings(("ward", []))) { ["Limits:RequestsPerMinute"] = "2" };

    /// <summary>A service whose requests come from 127.0.0.1.</summary>
    private static ApiHost Host(string? known)
    {
        Dictionary<string, string> settings = Settings;
        if (known is not null) settings["Proxy:Known:0"] = known;
        return new ApiHost(settings, services: services => services.AddSingleton<IStartupFilter, FromLoopback>());
    }

    /// <summary>Asks four times with another number in the header.</summary>
    private static async Task<List<HttpStatusCode>> AskAsync(HttpClient client, string address)
    {
        List<HttpStatusCode> answers = [];
        for (int n = 0; n < 4; n++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models");
            request.Headers.Add("X-Forwarded-For", address.Replace("{0}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            using HttpResponseMessage response = await client.SendAsync(request);
            answers.Add(response.StatusCode);
        }
        return answers;
    }

    private sealed class FromLoopback : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Loopback;
                return rest(context);
            });
            next(app);
        };
    }
}
