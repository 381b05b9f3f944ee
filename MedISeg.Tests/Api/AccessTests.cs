using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using static MedISeg.Tests.Api.ApiClient;

namespace MedISeg.Tests.Api;

/// <summary>Who may reach which address, over all endpoints that the running service has.</summary>
public sealed class AccessTests
{
    /// <summary>Addresses that want no key. Each is a decision: nothing is on this list by accident.</summary>
    private static readonly string[] Open = ["GET /", "GET /health/live", "GET /health/ready", "GET /problems", "GET /problems/{code}"];

    /// <summary>What every other address wants; several scopes are all wanted.</summary>
    private static readonly Dictionary<string, string[]> Wanted = new()
    {
        ["POST /v1/segmentations"] = ["segment"],
        ["GET /v1/segmentations"] = ["read"],
        ["GET /v1/segmentations/{id}"] = ["read"],
        ["GET /v1/segmentations/{id}/events"] = ["read"],
        ["GET /v1/segmentations/{id}/result"] = ["read"],
        ["POST /v1/segmentations/{id}/delivery"] = ["pacs"],
        ["DELETE /v1/segmentations/{id}"] = ["segment"],
        ["GET /v1/pacs"] = ["pacs"],
        ["GET /v1/pacs/{name}/studies"] = ["pacs"],
        ["GET /v1/pacs/{name}/studies/{study}/series"] = ["pacs"],
        ["POST /v1/pacs/{name}/segmentations"] = ["pacs", "segment"],
        ["POST /dicomweb/studies"] = ["segment"],
        ["POST /dicomweb/studies/{study}"] = ["segment"],
        ["POST /dicomweb/studies/{study}/complete"] = ["segment"],
        ["GET /v1/models"] = ["read"],
        ["GET /v1/models/{name}"] = ["read"],
        ["GET /v1/models/{name}/{version}"] = ["read"],
        ["PUT /v1/models/{name}/{version}"] = ["models:write"],
        ["DELETE /v1/models/{name}/{version}"] = ["models:write"],
        ["GET /v1/tricks"] = ["read"],
        ["GET /v1/capabilities"] = ["read"],
    };

    private static readonly string[] Scoped = ["segment", "read", "models:write", "pacs"];

    [Fact]
    public async Task Endpoints_OfTheRunningService_AreAllDecidedOn()
    {
        await using ApiHost host = new();

        string[] found = [.. Endpoints(host).Select(endpoint => endpoint.Key).Order(StringComparer.Ordinal)];

        // A new address belongs into one of the two lists above, and its scope beside its route.
        Assert.Equal(Open.Concat(Wanted.Keys).Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task Send_ToEveryEndpoint_NeedsAKeyWithTheRightScopes()
    {
        List<(string, string[])> callers = [("all", Scoped), ("admin", ["admin"])];
        foreach (string scope in Scoped) callers.Add(("without-" + scope.Replace(':', '-'), [.. Scoped.Where(other => other != scope)]));
        foreach (string[] scopes in Wanted.Values) callers.Add((Only(scopes), scopes));
        await using ApiHost host = new(TestKeys.Settings([.. callers.DistinctBy(caller => caller.Item1)]));
        HttpClient nobody = host.CreateClient();

        foreach ((string key, string method, string address) in Endpoints(host))
        {
            if (Open.Contains(key))
            {
                Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(nobody, method, address));
                continue;
            }
            using HttpResponseMessage closed = await SendAsync(nobody, method, address);
            await ProblemAsync(closed, HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.As("a key that nobody has"), method, address));
            foreach (string scope in Wanted[key])
            {
                using HttpResponseMessage refused = await SendAsync(host.As("without-" + scope.Replace(':', '-')), method, address);
                await ProblemAsync(refused, HttpStatusCode.Forbidden, "forbidden", $"'{scope}'");
            }
            foreach (string caller in new[] { Only(Wanted[key]), "all", "admin" })
                Assert.False(await StatusAsync(host.As(caller), method, address) is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"{caller} may not {key}");
        }
    }

    [Fact]
    public async Task Send_AddressThatIsNone_IsNotFoundOnlyWithAKey()
    {
        await using ApiHost host = new(TestKeys.Settings(("ward", ["read"])));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host.As("ward"), "GET", "/v1/nothing"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(host.As("ward"), "PUT", "/v1/tricks"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.CreateClient(), "GET", "/v1/nothing"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host.CreateClient(), "PUT", "/v1/tricks"));
    }

    [Fact]
    public async Task Send_EndpointThatNamesNoScope_IsForAdministratorsOnly()
    {
        Dictionary<string, string> settings = TestKeys.Settings(("ward", Scoped), ("boss", ["admin"]));
        await using ApiHost host = new(settings, services: services => services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter, ForgottenEndpoint>());

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host.As("ward"), "GET", "/forgotten"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.As("boss"), "GET", "/forgotten"));
    }

    [Fact]
    public async Task Key_WithoutScopes_MaySegmentAndRead()
    {
        await using ApiHost host = new(TestKeys.Settings(("ward", [])));

        using HttpResponseMessage segmented = await host.As("ward").PostAsync(Form(TestImages.SmallNifti()));

        Assert.Equal(HttpStatusCode.Created, segmented.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host.As("ward"), "GET", "/v1/models"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(host.As("ward"), "GET", "/v1/pacs"));
    }

    [Fact]
    public async Task Jobs_OfAll_AreTheAdministrators()
    {
        await using ApiHost host = new(TestKeys.Settings(("alice", []), ("bob", []), ("boss", ["admin"])));
        HttpClient alice = host.As("alice"), bob = host.As("bob"), boss = host.As("boss");
        string hers = await alice.QueueAsync(Form(TestImages.SmallNifti())), his = await bob.QueueAsync(Form(TestImages.SmallNifti()));
        await boss.JobAtEndAsync(hers);
        await boss.JobAtEndAsync(his);

        JsonArray all = JsonNode.Parse(await boss.GetStringAsync(Jobs))!["items"]!.AsArray();
        Assert.Equal([("bob", his), ("alice", hers)], all.Select(job => ((string)job!["owner"]!, (string)job["id"]!)));
        TestImages.AssertLabels(await boss.GetByteArrayAsync($"{Jobs}/{hers}/result"), new(5, 7, 9));
        using HttpResponseMessage deleted = await boss.DeleteAsync($"{Jobs}/{hers}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using HttpResponseMessage gone = await alice.GetAsync($"{Jobs}/{hers}");
        await ProblemAsync(gone, HttpStatusCode.NotFound, "unknown-job");
    }

    private static string Only(string[] scopes) => "only-" + string.Join('-', scopes).Replace(':', '-');

    private static IEnumerable<(string Key, string Method, string Address)> Endpoints(ApiHost host) =>
        from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
        from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
        select ($"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}", method, "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(Filled)));

    /// <summary>What is asked for is nowhere, and neither body nor query fits: whoever may ask gets a 4xx at once.</summary>
    private static string Filled(RoutePatternPathSegment segment) => segment.Parts.Single() switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternParameterPart { Name: "study" } => "1.2.3",
        _ => "unknown",
    };

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string address)
    {
        using HttpResponseMessage response = await SendAsync(client, method, address);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string address) =>
        await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));
}
