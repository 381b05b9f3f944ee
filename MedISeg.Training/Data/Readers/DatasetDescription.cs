using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Data.Readers;

/// <summary>What a <c>dataset.json</c> of nnU-Net or the Decathlon says.</summary>
/// <param name="Channels">Number of channels; 0: not said.</param>
/// <param name="Training">Pairs of paths below the folder; empty: not said.</param>
internal sealed record DatasetDescription(int Channels, IReadOnlyList<(string Image, string Labels)> Training)
{
    private const string FileName = "dataset.json";

    /// <summary>Names of the channels in order; empty: not said.</summary>
    public IReadOnlyList<string> ChannelNames { get; init; } = [];

    /// <summary>Names of label values but 0; empty: not said.</summary>
    public IReadOnlyDictionary<int, string> LabelNames { get; init; } = new Dictionary<int, string>();

    /// <summary>Whether the folder has the file, and images for training.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName)) && Directory.Exists(Path.Combine(folder, "imagesTr"));

    /// <summary>Reads the file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: missing, or not as nnU-Net or the Decathlon write it.</exception>
    public static DatasetDescription Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw Fault(path, "it is missing; make it or choose --format folders");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement root = document.RootElement;
            int channels = root.TryGetProperty("channel_names", out JsonElement names) || root.TryGetProperty("modality", out names)
                ? names.EnumerateObject().Count()
                : 0;
            List<(string, string)> pairs = [];
            if (root.TryGetProperty("training", out JsonElement training))
                foreach (JsonElement one in training.EnumerateArray())
                    if (one.ValueKind == JsonValueKind.Object)
                        pairs.Add((Within(folder, one.GetProperty("image").GetString()), Within(folder, one.GetProperty("label").GetString())));
            return new DatasetDescription(channels, pairs)
            {
                ChannelNames = channels == 0 ? [] : [.. names.EnumerateObject().Select(one => one.Value.GetString() ?? "")],
                LabelNames = root.TryGetProperty("labels", out JsonElement labels) ? Labels(labels) : new Dictionary<int, string>(),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw Fault(path, "it is not as nnU-Net or the Decathlon write it; correct it");
        }
    }

    /// <summary>The Decathlon writes value: name, nnU-Net name: value; regions of several values have no name of their own here.</summary>
    private static Dictionary<int, string> Labels(JsonElement labels)
    {
        Dictionary<int, string> found = [];
        foreach (JsonProperty one in labels.EnumerateObject())
        {
            bool valueFirst = int.TryParse(one.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int value);
            if (valueFirst && one.Value.ValueKind == JsonValueKind.String) found[value] = one.Value.GetString()!;
            else if (one.Value.ValueKind == JsonValueKind.Number && one.Value.TryGetInt32(out value)) found[value] = one.Name;
        }
        found.Remove(0);
        return found;
    }

    private static string Within(string folder, string? relative)
    {
        string root = Path.GetFullPath(folder), path = Path.GetFullPath(Path.Combine(root, relative ?? ""));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw Fault(Path.Combine(folder, FileName), "it names a file outside its folder; correct it");
    }

    private static SegmentationException Fault(string path, string why) => new(ErrorCode.InvalidOption, $"{path}: {why}.");
}
