using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Tests.Inference.Models;

/// <summary>Valid manifests to vary.</summary>
internal static class Manifests
{
    /// <summary>The example of docs/schemas as a tree.</summary>
    public static JsonNode Example() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "model.json")))!;

    /// <summary>The example with two members and without defaults: kidney 1, tumour 2, flips of single axes.</summary>
    public static ModelManifest ThreeD()
    {
        ModelManifest manifest = Example().Deserialize<ModelManifest>(SegmentationOptions.Json)!;
        return manifest with { Members = [manifest.Members[0], manifest.Members[0] with { File = "member-1.onnx" }], Defaults = null };
    }

    /// <summary>A 2-D package of the same classes.</summary>
    public static ModelManifest TwoD()
    {
        ModelManifest manifest = ThreeD();
        return manifest with
        {
            Dimensionality = 2,
            Grid = manifest.Grid with { Spacing = [1, 1] },
            Network = manifest.Network with { PatchSize = [64, 64], ValidPadding = null },
            Views = new ModelViews { Allowed = ["flip-j", "flip-i"] },
        };
    }
}
