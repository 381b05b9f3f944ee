using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Inference.Schemas;

namespace MedISeg.Inference.Options;

/// <summary>Every inference trick and post-processor of this version, with the schema that requests are checked against.</summary>
public static class TrickCatalog
{
    private static readonly Lazy<IReadOnlyList<Trick>> Lazily = new(Build);

    /// <summary>All, in the order of an options object.</summary>
    public static IReadOnlyList<Trick> All => Lazily.Value;

    private static List<Trick> Build()
    {
        JsonNode schema = JsonNode.Parse(JsonSchemaChecker.ReadText("options.schema.json"))!;
        JsonNode defaults = JsonSerializer.SerializeToNode(OptionsMerger.BuiltIn, SegmentationOptions.Json)!;
        List<Trick> tricks = [];

        Add("slidingWindow.overlap", "sliding-window", "Sliding window (stride = patch // 2)",
            "Neighbouring patches share this fraction of their sides; more overlap smooths seams and costs time.");
        Add("slidingWindow.positions", "sliding-window", "Sliding window (last window clamped = pullback)",
            "Places patch starts evenly, or at a fixed stride with the last one pulled back.");
        Add("slidingWindow.blend", "sliding-window", "Sliding window (uniform)",
            "Weights a patch's centre more than its rim, or all voxels alike, before overlapping patches are averaged.");
        Add("slidingWindow.padding", "sliding-window", "Sliding window (zero padding = constant)",
            "Extends an image that is smaller than the patch.");
        Add("slidingWindow.skipEmpty", "sliding-window", null,
            "Spares the network patches of nothing but the image's smallest value, such as air, where the package allows it.");
        Add("slices.axis", "preprocessing", null,
            "Chooses the axis along which a 2-D package goes through a volume slice by slice.");
        Add("tta.views", "test-time-augmentation", "TTA",
            "Predicts each patch also flipped or turned, and averages the predictions after turning them back.");
        Add("tta.preset", "test-time-augmentation", "TTA (baseline, TTAGTAug-A and TTAGTAug-B differ by the checkpoint, not by the views)",
            "Named lists of views: those of the paper in 2-D and 3-D, or all flips that the package allows.");
        Add("tta.intensity", "test-time-augmentation", null,
            "Predicts each patch also with other gamma, contrast or brightness, or with noise, and averages the predictions.");
        Add("tta.weights", "test-time-augmentation", null,
            "Weights the views in the average, the patch as it is first.");
        Add("ensemble.members", "ensemble", "Ensemble",
            "Chooses members of the package, such as folds or seeds.");
        Add("ensemble.merge", "ensemble", "EnsAvg = mean, EnsVot = vote",
            "Averages the members' scores, or merges their label maps by majority or by STAPLE, which estimates how far each can be trusted.");
        Add("ensemble.weights", "ensemble", null,
            "Weights the members in the average or the vote.");
        Add("outputs", "output", null,
            "Makes maps of how uncertain the labels are, and tells how volumes vary, beside the label map.");
        AddStep("keep-largest-component", "ABL-CS", "Keeps the largest connected component of a class.");
        AddStep("remove-small-components", "RSA", "Removes connected components strictly below a volume.");
        AddStep("fill-holes", null, "Fills background that a class encloses, in 3-D or slice by slice.");
        AddStep("keep-components", null, "Keeps the largest connected components of a class, as many as asked.");
        AddStep("conditional-components", null, "Removes connected components that touch other classes, or do not, or lie inside them, or do not.");
        AddStep("morphology", null, "Opens, closes, dilates or erodes a class with a ball in mm.");
        AddStep("smooth", null, "Smooths the boundaries of classes with a Gaussian in mm.");
        return tricks;

        void Add(string key, string kind, string? paper, string description)
        {
            JsonNode at = schema;
            JsonNode? value = defaults;
            foreach (string name in key.Split('.')) (at, value) = (at["properties"]![name]!, value?[name]);
            tricks.Add(new Trick(key, kind, paper, description, Resolve(at, schema), value?.DeepClone()));
        }

        void AddStep(string op, string? paper, string description)
        {
            JsonNode step = schema["properties"]!["postprocessing"]!["items"]!["oneOf"]!.AsArray()
                .First(s => (string)s!["properties"]!["op"]!["enum"]![0]! == op)!;
            tricks.Add(new Trick($"postprocessing[{op}]", "postprocessing", paper, description, Resolve(step, schema), null));
        }
    }

    /// <summary>A copy with every local reference replaced by what it points to.</summary>
    private static JsonNode Resolve(JsonNode node, JsonNode root)
    {
        if (node is JsonObject { } reference && reference["$ref"] is { } target)
            return Resolve(root["definitions"]![((string)target!).Split('/')[^1]]!, root);
        return node switch
        {
            JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Resolve(p.Value, root)))),
            JsonArray a => new JsonArray([.. a.Select(item => item is null ? null : Resolve(item, root))]),
            _ => node.DeepClone(),
        };
    }
}
