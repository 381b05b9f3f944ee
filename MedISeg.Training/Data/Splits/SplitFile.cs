using System.Text;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Data.Splits;

/// <summary>Splits in a JSON file: <c>{ "SET": { "test": [names], "folds": [[names], ...] }, ... }</c>; other keys are passed over.</summary>
internal static class SplitFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads a split.</summary>
    /// <param name="argument"><c>FILE</c>, or <c>FILE:SET</c> where the file has several.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no such file, not as above, no such set, or the set is not named.</exception>
    public static DataSplit Read(string argument)
    {
        (string path, string? set) = Parse(argument);
        if (!File.Exists(path)) throw Fault(argument, "there is no such file; make one with the verb split");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement root = document.RootElement;
            if (set is null && IsSplit(root)) return Of(root);
            Dictionary<string, JsonElement> sets = root.EnumerateObject().Where(p => IsSplit(p.Value)).ToDictionary(p => p.Name, p => p.Value);
            string known = string.Join(", ", sets.Keys);
            if (set is null && sets.Count != 1) throw Fault(path, $"name one of its sets as {path}:SET: {known}");
            return sets.TryGetValue(set ?? sets.Keys.Single(), out JsonElement found) ? Of(found) : throw Fault(path, $"it has no set {set}; it has {known}");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw Fault(path, "it is not a file of splits: { \"SET\": { \"test\": [names], \"folds\": [[names], [names]] } }");
        }
    }

    /// <summary>Writes a file with one set.</summary>
    /// <param name="path">File; replaced.</param>
    /// <param name="set">Name of the set.</param>
    /// <param name="rule">How it was made, in words.</param>
    /// <param name="split">Names.</param>
    public static void Write(string path, string set, string rule, DataSplit split) => AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(new Dictionary<string, object> { ["rule"] = rule, [set] = new { split.Test, split.Folds } }, Json) + "\n")));

    private static (string Path, string? Set) Parse(string argument)
    {
        int colon = argument.LastIndexOf(':');
        return File.Exists(argument) || colon <= 0 ? (argument, null) : (argument[..colon], argument[(colon + 1)..]);
    }

    private static bool IsSplit(JsonElement element) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty("folds", out _);

    private static DataSplit Of(JsonElement set)
    {
        DataSplit split = new(
            set.TryGetProperty("test", out JsonElement test) ? Names(test) : [], [.. set.GetProperty("folds").EnumerateArray().Select(Names)]);
        return split.Folds.Count >= 2 && split.Folds.All(fold => fold.Count > 0)
            ? split
            : throw new InvalidOperationException("At least two folds with cases are needed.");
    }

    private static string[] Names(JsonElement list) => [.. list.EnumerateArray().Select(name => name.GetString() ?? throw new InvalidOperationException("A name is null."))];

    private static SegmentationException Fault(string path, string why) => new(ErrorCode.InvalidOption, $"The splits {path}: {why}.");
}
