using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;

namespace MedISeg.Training.Trainers;

/// <summary>Finds the options in which two trainings differ. Numbers of threads are left out.</summary>
internal static class OptionChanges
{
    private static readonly string[] Free = ["threads", "loaderThreads"];

    /// <summary>Keys whose values differ, as the JSON spells them, e.g. <c>optimiser.learningRate</c>.</summary>
    public static IReadOnlyList<string> Between(TrainOptions before, TrainOptions after)
    {
        List<string> keys = [];
        Compare(Tree(before), Tree(after), "", keys);
        return [.. keys.Except(Free)];
    }

    /// <summary>Refuses to resume a run with other options than it began with.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the keys are named.</exception>
    public static void Refuse(TrainOptions before, TrainOptions after)
    {
        IReadOnlyList<string> keys = Between(before, after);
        if (keys.Count == 0) return;
        throw new SegmentationException(ErrorCode.InvalidOption,
            $"The run began with other options; changed: {string.Join(", ", keys)}. Resume it with its own, or start a new run with --from.",
            [.. keys.Select(key => new KeyError(key, "differs from what the run began with."))]);
    }

    private static JsonNode? Tree(TrainOptions options) => JsonSerializer.SerializeToNode(options, SegmentationOptions.Json);

    private static void Compare(JsonNode? before, JsonNode? after, string key, List<string> keys)
    {
        if (before is JsonObject old && after is JsonObject now)
            foreach (string name in old.Select(p => p.Key).Union(now.Select(p => p.Key)))
                Compare(old[name], now[name], key.Length == 0 ? name : $"{key}.{name}", keys);
        else if (!JsonNode.DeepEquals(before, after)) keys.Add(key);
    }
}
