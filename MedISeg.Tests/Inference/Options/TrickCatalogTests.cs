using System.Text.Json.Nodes;
using MedISeg.Inference.Options;

namespace MedISeg.Tests.Inference.Options;

public sealed class TrickCatalogTests
{
    [Fact]
    public void All_EveryOptionThatChangesTheResult_IsDescribed()
    {
        Assert.Equal(
            ["slidingWindow.overlap", "slidingWindow.positions", "slidingWindow.blend", "slidingWindow.padding", "slidingWindow.skipEmpty", "slices.axis", "tta.views", "tta.preset",
                "tta.intensity", "tta.weights",
                "ensemble.members", "ensemble.merge", "ensemble.weights", "outputs", "postprocessing[keep-largest-component]",
                "postprocessing[remove-small-components]", "postprocessing[fill-holes]", "postprocessing[keep-components]",
                "postprocessing[conditional-components]", "postprocessing[morphology]", "postprocessing[smooth]"],
            TrickCatalog.All.Select(t => t.Key));
        Assert.All(TrickCatalog.All, t => Assert.EndsWith(".", t.Description, StringComparison.Ordinal));
        Assert.Equal("ABL-CS", TrickCatalog.All.Single(t => t.Key.Contains("largest", StringComparison.Ordinal)).PaperName);
        Assert.Equal("RSA", TrickCatalog.All.Single(t => t.Key.Contains("small", StringComparison.Ordinal)).PaperName);
    }

    [Fact]
    public void All_Schemas_AreSelfContainedAndListOnlyWhatWorks()
    {
        Assert.All(TrickCatalog.All, t => Assert.DoesNotContain("$ref", t.Schema.ToJsonString(), StringComparison.Ordinal));
        JsonNode merge = TrickCatalog.All.Single(t => t.Key == "ensemble.merge").Schema;
        Assert.Equal("""["mean","vote","staple",null]""", merge["enum"]!.ToJsonString());
        Assert.Equal("[0.5]", TrickCatalog.All.Single(t => t.Key == "slidingWindow.overlap").Default!.ToJsonString());
        Assert.Equal("\"even\"", TrickCatalog.All.Single(t => t.Key == "slidingWindow.positions").Default!.ToJsonString());
    }
}
