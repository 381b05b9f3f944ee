using System.Text.Json.Nodes;

namespace MedISeg.Tests.Api;

public sealed class OpenApiTests
{
    private const string UpdateVariable = "MEDISEG_UPDATE_OPENAPI";

    [Fact]
    public async Task Document_OfTheRunningService_IsTheOneCheckedIn()
    {
        await using ApiHost host = new();

        string now = (await host.CreateClient().GetStringAsync("/openapi/v1.json")).ReplaceLineEndings("\n").TrimEnd() + "\n";

        string path = Path.Combine(Repository.Root, "openapi", "mediseg.v1.json");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, now);
        }
        Assert.True(now == await File.ReadAllTextAsync(path),
            $"The service's OpenAPI document differs from openapi/mediseg.v1.json. If the change is wanted, run this test with {UpdateVariable}=1.");
    }

    [Fact]
    public async Task Document_EveryAddress_HasSummaryAndProblems()
    {
        await using ApiHost host = new();
        JsonNode document = JsonNode.Parse(await host.CreateClient().GetStringAsync("/openapi/v1.json"))!;

        foreach ((string address, JsonNode? methods) in document["paths"]!.AsObject())
            foreach ((string method, JsonNode? operation) in methods!.AsObject())
            {
                Assert.False(string.IsNullOrEmpty((string?)operation!["summary"]), $"{method} {address} has no summary");
                Assert.NotNull(operation["operationId"]);
                if (address.StartsWith("/v1/", StringComparison.Ordinal))
                    Assert.NotNull(operation["responses"]!["401"]!["content"]!["application/problem+json"]!["examples"]!["unauthenticated"]);
            }
        JsonNode form = document["paths"]!["/v1/segmentations"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!;
        // Several files, so that the page takes the slices of a series.
        Assert.Equal(("array", "binary"), ((string?)form["properties"]!["image"]!["type"], (string?)form["properties"]!["image"]!["items"]!["format"]));
        Assert.NotNull(document["components"]!["securitySchemes"]!["ApiKey"]);
    }

    [Theory]
    [InlineData("/v1/segmentations", "post", "201")]
    [InlineData("/v1/segmentations/{id}/result", "get", "200")]
    public async Task Document_AnswersThatAreFiles_OfferOnlyBinaryBodiesAndTheInputsKindFirst(string address, string method, string status)
    {
        await using ApiHost host = new();
        JsonNode document = JsonNode.Parse(await host.CreateClient().GetStringAsync("/openapi/v1.json"))!;

        JsonObject content = document["paths"]![address]![method]!["responses"]![status]!["content"]!.AsObject();

        // The page asks for the first one and offers the answer as a download because its body is binary.
        Assert.Equal("*/*", content.First().Key);
        Assert.Contains("application/gzip", content.Select(pair => pair.Key));
        Assert.All(content, pair => Assert.Equal(("string", "binary"), ((string?)pair.Value!["schema"]!["type"], (string?)pair.Value["schema"]!["format"])));
    }

    [Fact]
    public async Task Root_Redirects_ToThePage()
    {
        await using ApiHost host = new();

        string page = await host.CreateClient().GetStringAsync("/");

        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
    }
}
