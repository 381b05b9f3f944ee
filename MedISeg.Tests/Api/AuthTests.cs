using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MedISeg.Api.Auth;
using MedISeg.Api.Options;
using MedISeg.Tests.Support;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

public sealed class AuthTests
{
    private const string Secret = "mseg_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly Dictionary<string, string> Keys = new() { ["Auth:Mode"] = "keys" };

    [Theory]
    [InlineData("/v1/segmentations")]
    [InlineData("/v1/models")]
    [InlineData("/v1/tricks")]
    [InlineData("/v1/nothing")]
    public async Task Get_NoKey_IsUnauthenticated(string address)
    {
        await using ApiHost host = new(Keys);

        using HttpResponseMessage response = await host.CreateClient().GetAsync(address);

        await ProblemAsync(response, HttpStatusCode.Unauthorized, "unauthenticated", "X-Api-Key");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/problems")]
    [InlineData("/problems/too-large")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/swagger/index.html")]
    public async Task Get_OpenAddress_NeedsNoKey(string address)
    {
        await using ApiHost host = new(Keys);

        using HttpResponseMessage response = await host.CreateClient().GetAsync(address);

        Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.NotEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Start_NoKeyYet_WritesTheFirstForItsOwnerOnlyAndNeverLogsIt()
    {
        await using ApiHost host = new(Keys);
        HttpClient client = host.CreateClient();
        string path = Path.Combine(host.DataRoot, ApiKeys.FirstFile);

        string key = (await File.ReadAllTextAsync(path)).Trim();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        using HttpResponseMessage response = await client.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Matches("^mseg_[0-9a-f]{64}$", key);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains(key, StringComparison.Ordinal));
        byte[] store = await File.ReadAllBytesAsync(Path.Combine(host.DataRoot, "jobs.db"));
        Assert.DoesNotContain(key, Encoding.Latin1.GetString(store), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FirstKeyRevoked_OpensNothing()
    {
        using TempFolder data = new();
        Dictionary<string, string> first = new(Keys) { ["Data:Root"] = data.Path }, second = TestKeys.Settings(("boss", ["admin"]));
        (second["Data:Root"], second["Auth:FirstKey"]) = (data.Path, "false");
        string key;
        await using (ApiHost host = new(first))
        {
            HttpClient made = host.CreateClient();
            key = (await File.ReadAllTextAsync(Path.Combine(data.Path, ApiKeys.FirstFile))).Trim();
            made.DefaultRequestHeaders.Add("X-Api-Key", key);
            Assert.Equal(HttpStatusCode.OK, (await made.GetAsync("/v1/pacs")).StatusCode);
        }

        await using ApiHost again = new(second);

        using HttpResponseMessage refused = await again.As(key).GetAsync("/v1/models");
        await ProblemAsync(refused, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.Equal(HttpStatusCode.OK, (await again.As("boss").GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public void Validate_NobodyCouldEnter_IsRefused()
    {
        string failure = new AuthKeysValidator().Validate(null, new AuthOptions { FirstKey = false }).FailureMessage!;

        Assert.Contains("nobody could use the service", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ConfiguredKeyAsBearer_IsTheNamedCaller()
    {
        await using ApiHost host = new(With("alice", Secret));
        HttpClient client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);

        using HttpResponseMessage right = await client.GetAsync("/v1/models");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret + "0");
        using HttpResponseMessage wrong = await client.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        await ProblemAsync(wrong, HttpStatusCode.Unauthorized, "unauthenticated");
        Assert.False(File.Exists(Path.Combine(host.DataRoot, ApiKeys.FirstFile)));
    }

    [Fact]
    public async Task Jobs_OfAnotherCaller_AreUnknown()
    {
        Dictionary<string, string> settings = With("alice", Secret);
        settings["Auth:Keys:1:Name"] = "bob";
        settings["Auth:Keys:1:Sha256"] = TestKeys.Hash("bob's key");
        await using ApiHost host = new(settings);
        HttpClient alice = host.CreateClient(), bob = host.CreateClient();
        alice.DefaultRequestHeaders.Add("X-Api-Key", Secret);
        bob.DefaultRequestHeaders.Add("X-Api-Key", "bob's key");
        string id = await alice.QueueAsync(Form(TestImages.SmallNifti()));
        await alice.JobAtEndAsync(id);

        foreach (string rest in new[] { "", "/result", "/events" })
        {
            using HttpResponseMessage response = await bob.GetAsync($"{Jobs}/{id}{rest}");
            await ProblemAsync(response, HttpStatusCode.NotFound, "unknown-job");
        }
        using HttpResponseMessage deleted = await bob.DeleteAsync($"{Jobs}/{id}");
        await ProblemAsync(deleted, HttpStatusCode.NotFound, "unknown-job");
        Assert.Empty(JsonNode.Parse(await bob.GetStringAsync(Jobs))!["items"]!.AsArray());
        Assert.Single(JsonNode.Parse(await alice.GetStringAsync(Jobs))!["items"]!.AsArray());
    }

    [Fact]
    public async Task Get_PageOfAnotherSiteAndNoKeys_IsForbidden()
    {
        await using ApiHost host = new();
        HttpClient client = host.CreateClient();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        using HttpResponseMessage response = await client.PostAsync(Form(TestImages.SmallNifti()));

        await ProblemAsync(response, HttpStatusCode.Forbidden, "forbidden", "Pages of other sites");
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));

        using HttpResponseMessage capitals = await client.PostAsync("/V1/segmentations", Form(TestImages.SmallNifti()));
        await ProblemAsync(capitals, HttpStatusCode.Forbidden, "forbidden", "Pages of other sites");
    }

    [Fact]
    public async Task Get_ForeignHostNameAndNoKeys_IsRefused()
    {
        await using ApiHost host = new();
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/models") { Headers = { Host = "rebound.example" } };

        using HttpResponseMessage response = await host.CreateClient().SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Get_AnyAnswer_BearsSecurityHeaders()
    {
        await using ApiHost host = new();

        using HttpResponseMessage response = await host.CreateClient().GetAsync("/v1/models");

        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    private static Dictionary<string, string> With(string name, string key) => new()
    {
        ["Auth:Mode"] = "keys", ["Auth:Keys:0:Name"] = name, ["Auth:Keys:0:Sha256"] = TestKeys.Hash(key),
    };
}
