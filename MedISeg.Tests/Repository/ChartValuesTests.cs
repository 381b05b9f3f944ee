using System.Text.Json.Nodes;
using MedISeg.Tests.Support;
using NJsonSchema;

namespace MedISeg.Tests.Repository;

/// <summary>The schema of the chart's values, which Helm checks before it renders.</summary>
public sealed class ChartValuesTests
{
    [Theory]
    [MemberData(nameof(ChartCases.All), MemberType = typeof(ChartCases))]
    public async Task Schema_ValuesThatWork_AreTaken(string values) => Assert.Empty(await FaultsAsync((await ChartTool.RenderAsync(values))["values"]!.ToJsonString()));

    [Theory]
    [InlineData("replicaCount: 2", "replicaCount")]
    [InlineData("image: { tag: 1.5 }", "tag")]
    [InlineData("image: { pullPolicy: Sometimes }", "pullPolicy")]
    [InlineData("api: { replicas: \"2\" }", "replicas")]
    [InlineData("api: { replicas: 0 }", "replicas")]
    [InlineData("data: { size: 100 }", "size")]
    [InlineData("config: { Jobs__QueueLength: 5 }", "Jobs__QueueLength")]
    [InlineData("workers: { cpu: { replicas: 1 } }", "workers")]
    [InlineData("workers: [ { replicas: 1 } ]", "name")]
    [InlineData("workers: [ { name: Cpu } ]", "name")]
    [InlineData("workers: [ { name: a, model: [ b ] } ]", "model")]
    [InlineData("workers: [ { name: a, models: [ \"b@1\" ] } ]", "models")]
    [InlineData("workers: [ { name: a, gpu: one } ]", "gpu")]
    [InlineData("workers: [ { name: a, keda: { max: 3 } } ]", "max")]
    [InlineData("keda: { protocol: https }", "protocol")]
    [InlineData("service: { port: 0 }", "port")]
    [InlineData("networkPolicy: { apiFrom: [ {} ] }", "apiFrom")]
    [InlineData("networkPolicy: { apiFrom: [ { namespace: a } ] }", "namespace")]
    [InlineData("networkPolicy: { egress: { pacs: { ports: [ https ] } } }", "egress")]
    [InlineData("networkPolicy: { egress: { pacs: { ports: [] } } }", "egress")]
    [InlineData("podMonitor: { interval: 30 }", "interval")]
    public async Task Schema_Mistake_IsNamed(string values, string place)
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, "values.yaml");
        await File.WriteAllTextAsync(file, values);
        JsonNode merged = await ChartTool.ReadAsync(Path.Combine(ChartTool.Chart, "values.yaml"));
        Merge(merged.AsObject(), (await ChartTool.ReadAsync(file)).AsObject());
        Assert.Contains(await FaultsAsync(merged.ToJsonString()), fault => fault.Contains(place, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schema_Defaults_AreTaken() =>
        Assert.Empty(await FaultsAsync((await ChartTool.ReadAsync(Path.Combine(ChartTool.Chart, "values.yaml"))).ToJsonString()));

    [Fact]
    public async Task Example_OfTheDocument_IsTakenAndRenders()
    {
        string[] document = (await File.ReadAllTextAsync(RepositoryRoot.Of("docs", "deployment.md"))).Split("```yaml\n");
        Assert.Equal(2, document.Length);
        JsonNode rendered = await ChartTool.RenderAsync(document[1].Split("```")[0]);
        Assert.Empty(await FaultsAsync(rendered["values"]!.ToJsonString()));
        Assert.Contains(rendered["objects"]!.AsArray(), item => item!["object"]!.Kind() == "ScaledObject");
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach ((string key, JsonNode? value) in from)
            if (value is JsonObject below && into[key] is JsonObject known) Merge(known, below);
            else into[key] = value?.DeepClone();
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(string json)
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(Path.Combine(ChartTool.Chart, "values.schema.json")));
        return [.. schema.Validate(json).Select(fault => fault.ToString())];
    }
}
