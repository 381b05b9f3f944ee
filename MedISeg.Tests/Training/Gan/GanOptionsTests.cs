using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Gan;

namespace MedISeg.Tests.Training.Gan;

public sealed class GanOptionsTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_WrittenOptionsAndTheExample_AreRead()
    {
        string json = JsonSerializer.Serialize(new GanOptions(), SegmentationOptions.Json);
        Assert.Equal(json, JsonSerializer.Serialize(Read(json), SegmentationOptions.Json));
        GanOptions example = GanOptionsReader.Read(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "train-gan.json"));
        Assert.Equal((100, 5000), (example.Pairs, example.Steps));
    }

    [Theory]
    [InlineData("""{ "steps": 0 }""", "steps")]
    [InlineData("""{ "lambda": 10 }""", "lambda")]
    [InlineData("""{ "features": [8] }""", "features")]
    [InlineData("""{ "operations": ["warp"] }""", "operations[0]")]
    public void Read_FaultyValue_NamesTheKey(string json, string key) =>
        Assert.Equal(key, Assert.Single(Assert.Throws<SegmentationException>(() => Read(json)).Errors).Key);

    [Fact]
    public void Check_LevelsOrOperationsThatDoNotFit_AreNamed()
    {
        new GanOptions { Features = [4, 8] }.Check(ToyCases.Options);
        SegmentationException levels = Assert.Throws<SegmentationException>(() => new GanOptions { Features = [4, 4, 4, 4, 4] }.Check(ToyCases.Options));
        Assert.All(levels.Errors, error => Assert.Equal("features", error.Key));
        Assert.Contains("multiples of 16", levels.Message, StringComparison.Ordinal);
        SegmentationException planar = Assert.Throws<SegmentationException>(
            () => new GanOptions { Features = [4, 8], Operations = [AugmentationOperation.Flip, AugmentationOperation.Clahe] }.Check(ToyCases.Options));
        Assert.Equal("operations[1]", Assert.Single(planar.Errors).Key);
    }

    [Fact]
    public void Schema_Operations_AreThoseOfTheTraining()
    {
        static string Items(string schema, params string[] path) => path.Aggregate(
            JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", schema)))!,
            (node, key) => node[key]!)["items"]!["enum"]!.ToJsonString();
        Assert.Equal(
            Items("train.schema.json", "properties", "augmentation", "properties", "operations"), Items("train-gan.schema.json", "properties", "operations"));
    }

    private GanOptions Read(string json)
    {
        string path = Path.Combine(_root, "gan.json");
        File.WriteAllText(path, json);
        return GanOptionsReader.Read(path);
    }
}
