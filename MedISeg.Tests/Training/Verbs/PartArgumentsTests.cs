using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

public sealed class PartArgumentsTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Reading_RecordOfAPackage_IsTaken() =>
        Assert.Equal(LabelRule.Positive, Reading("""{ "reading": { "labels": "positive" } }""").Labels);

    [Theory]
    [InlineData("""{ "labelValues": { "70000": 1 } }""")]
    [InlineData("""{ "labelValues": { "-1": 1 } }""")]
    [InlineData("""{ "exclude": null }""")]
    [InlineData("""{ "groupPattern": "(" }""")]
    [InlineData("""{ "format": "zip" }""")]
    public void Reading_RecordThatIsNotValid_SaysSo(string reading) => Assert.Contains(
        "training.reading", Assert.Throws<SegmentationException>(() => Reading($$"""{ "reading": {{reading}} }""")).Message, StringComparison.Ordinal);

    private DataOptions Reading(string training)
    {
        (ModelCatalog catalog, LoadedModel model) = AnalyticPackages.Load(_root.Path, new AnalyticPackageOptions());
        using (catalog)
        {
            ModelManifest manifest = model.Manifest with { Training = JsonSerializer.Deserialize<JsonElement>(training) };
            return PartArguments.Reading(new Command("score") { PartArguments.Config, DataArguments.Format }.Parse(""), manifest);
        }
    }
}
