using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Ablation;

/// <summary>Makes rows of a plan: tricks become options, options are checked, equal trainings become one.</summary>
internal sealed class RowResolver
{
    private const string Custom = "custom";

    /// <summary>Training options that the runner sets for each training.</summary>
    private static readonly string[] OfRunner = ["fold", "folds", "seed", "threads"];

    private readonly AblationPlan _plan;
    private readonly JsonObject _train;
    private readonly Dictionary<string, TrainingConfig> _configs = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Reads the base.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: its options cannot be used.</exception>
    public RowResolver(AblationPlan plan)
    {
        _plan = plan;
        _train = plan.Train is JsonObject inline ? inline : ReadTrain(plan);
        _train = _train.DeepClone().AsObject();
        Options = Named("train", () => TrainOptionsReader.Parse(_train.ToJsonString()));
        Base = Resolve(AblationRow.BaseName, "base", [], RowOverlay.None, null);
    }

    /// <summary>Training options of the base as they were given, with seed and number of folds.</summary>
    public TrainOptions Options { get; }

    /// <summary>The row that all others are compared with.</summary>
    public AblationRow Base { get; }

    /// <summary>All rows of the plan but those that are made of others, the base first.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a row's options cannot be used; the row is named.</exception>
    public IReadOnlyList<AblationRow> Rows()
    {
        AblationRow[] rows = [Base, .. _plan.Tricks.Select(name => new RowPlan { Tricks = [name] }).Concat(_plan.Rows.Where(row => row.Combine is null)).Select(Resolve)];
        return CombinedNames().FirstOrDefault(_names.Contains) is { } twice ? throw SameName(twice) : rows;
    }

    /// <summary>Names of the rows that are made of others.</summary>
    public IReadOnlyList<string> CombinedNames() => [.. _plan.Rows.Where(row => row.Combine is not null).Select(row => row.Name ?? "best combination").Distinct()];

    /// <summary>Joins rows that helped: the better one first, without those that contradict a better one or that cannot be joined.</summary>
    /// <param name="name">Name of the new row.</param>
    /// <param name="helpful">Rows with a mean change above 0, the best first.</param>
    public AblationRow Combine(string name, IReadOnlyList<AblationRow> helpful)
    {
        RowOverlay joined = RowOverlay.None;
        List<string> taken = [], left = [];
        foreach (AblationRow row in helpful)
        {
            bool fits = !joined.Contradicts(row.Overlay);
            if (fits)
            {
                try
                {
                    Read(_train, joined.With(row.Overlay));
                }
                catch (SegmentationException)
                {
                    fits = false;
                }
            }
            if (fits) joined = joined.With(row.Overlay);
            (fits ? taken : left).Add(row.Name);
        }
        string note = taken.Count == 0 ? "no trick helped: the base" : "joins " + string.Join(", ", taken);
        if (left.Count > 0) note += "; left out, as they contradict these: " + string.Join(", ", left);
        _names.Remove(name);
        return Resolve(name, "combination", [], joined, note);
    }

    private AblationRow Resolve(RowPlan row)
    {
        string name = row.Name ?? (row.Tricks.Count > 0 ? string.Join(" + ", row.Tricks) : throw Fault("rows: a row without tricks needs a name"));
        if (OfRunner.FirstOrDefault(key => row.Train?.ContainsKey(key) == true) is { } key)
            throw Fault($"{name}: train.{key} cannot differ between rows; seeds and folds are keys of the plan, for all rows");
        TrickPreset[] presets = [.. row.Tricks.Select(trick => Named(name, () => TrickPresets.Find(trick, Options.Network.Dimensionality)))];
        RowOverlay overlay = presets.Select(p => new RowOverlay(p.Train ?? [], p.Inference ?? [], Postprocess(p.Postprocessing), p.Ensemble, null, null))
            .Append(new RowOverlay(row.Train ?? [], row.Inference ?? [], null, row.Ensemble, row.Encoder is { } file ? Beside(file) : null, row.Synthetic is { } pairs ? Beside(pairs) : null))
            .Aggregate(RowOverlay.None, (all, one) => all.With(one));
        if (row.Postprocessing is not null) overlay = overlay with { Postprocessing = Postprocess(row.Postprocessing) };
        if (presets.Any(p => p.Needs == TrickNeed.Encoder) && overlay.Encoder is null)
            throw Fault($"{name}: name the pre-trained weights with the row's key encoder (the verbs import-weights and pretrain write such files)");
        if (presets.Any(p => p.Needs == TrickNeed.Spacing) && OptionsOverlay.Merge(_train, overlay.Train)["grid"]?["spacing"] is null)
            throw Fault($"{name}: give a common spacing as train.grid.spacing of the row or of the base");
        string[] tricks = [.. presets.Select(p => p.Name)];
        return Resolve(name, row.Category ?? presets.FirstOrDefault()?.Category ?? Custom, tricks, overlay, null) with
        {
            Published = row is { Train: null, Inference: null, Postprocessing: null, Ensemble: null } ? PublishedChanges.Of(tricks) : [],
        };
    }

    private AblationRow Resolve(string name, string category, IReadOnlyList<string> tricks, RowOverlay overlay, string? note)
    {
        if (!_names.Add(name)) throw SameName(name);
        TrainingConfig config = Named(name, () => Config(name, overlay));
        JsonObject inference = OptionsOverlay.Merge(_plan.Inference ?? [], overlay.Inference);
        if (inference["tta"]?["preset"]?.GetValue<string>() is { } preset && preset.StartsWith("mediseg", StringComparison.Ordinal) && !CanTurn(config.Options))
        {
            inference["tta"] = new JsonObject { ["preset"] = "flips" };
            note = "flips only: quarter turns need equal sides and spacing of the patch in the plane";
        }
        AblationRow row = new(name, category, tricks, overlay, config, inference, overlay.Postprocessing ?? _plan.Postprocessing, note);
        Named(name, () =>
        {
            if (inference.ContainsKey("postprocessing")) throw Fault("inference.postprocessing: give it as the key postprocessing beside inference");
            if (inference.ContainsKey("ensemble")) throw Fault("inference.ensemble: give it as the key ensemble of a row");
            _ = row.InferenceOptions();
            return row.Steps();
        });
        return row;
    }

    private TrainingConfig Config(string name, RowOverlay overlay)
    {
        (JsonObject train, TrainOptions options) = Read(_train, overlay);
        string? encoder = overlay.Encoder ?? (_plan.Encoder is { } file ? Beside(file) : null);
        if (encoder is not null && !File.Exists(encoder)) throw Fault("encoder: there is no such file");
        if ((options.Augmentation.Synthetic is null) != (overlay.Synthetic is null))
            throw Fault("name the folders of synthetic pairs with the row's key synthetic, such as pairs/fold{fold} (the verb train-gan writes them); without them leave out augmentation.synthetic");
        // Options that say the same in other words are one training; the hash is of the words, so that a later version of this program,
        // which knows more keys, finds the trainings again.
        string words = JsonSerializer.Serialize(options, SegmentationOptions.Json) + encoder + overlay.Synthetic;
        if (_configs.TryGetValue(words, out TrainingConfig? known)) return known;
        JsonObject hashed = train.DeepClone().AsObject();
        if (_plan.Minutes is { } minutes) hashed["minutes"] = minutes;
        if (encoder is not null) hashed["encoder"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(encoder)));
        if (overlay.Synthetic is not null) hashed["synthetic"] = overlay.Synthetic;
        return _configs[words] = new TrainingConfig(OptionsOverlay.Hash(hashed), name, train, options, encoder, overlay.Synthetic);
    }

    /// <summary>Options without what the runner sets for each training.</summary>
    private (JsonObject Train, TrainOptions Options) Read(JsonObject lower, RowOverlay overlay)
    {
        JsonObject train = OptionsOverlay.Merge(lower, overlay.Train);
        foreach (string key in OfRunner) train.Remove(key);
        if (_plan.Steps is { } steps) train["steps"] = steps;
        if (_plan.Minutes is not null) train.Remove("steps");
        return (train, TrainOptionsReader.Parse(train.ToJsonString()));
    }

    /// <summary>Fills in which labels are meant.</summary>
    private JsonArray? Postprocess(JsonArray? steps)
    {
        if (steps is null) return null;
        JsonArray filled = steps.DeepClone().AsArray();
        int[] foreground = [.. _train["classes"]!.AsArray().Select(c => c!["id"]!.GetValue<int>()).Where(id => id > 0)];
        foreach (JsonNode? step in filled)
            if (step?["labels"] is JsonValue) step["labels"] = new JsonArray([.. foreground.Select(id => (JsonNode)id)]);
        return filled;
    }

    private string Beside(string file) => Path.GetFullPath(Path.Combine(_plan.Folder, file));

    private static bool CanTurn(TrainOptions options) =>
        options.PatchSize[^1] == options.PatchSize[^2] && (options.Grid.Spacing is not { } spacing || spacing[^1] == spacing[^2]);

    private static JsonObject ReadTrain(AblationPlan plan)
    {
        string path = Path.GetFullPath(Path.Combine(plan.Folder, plan.Train.GetValue<string>()));
        if (!File.Exists(path)) throw Fault("train: the file does not exist; paths start from the folder of the plan");
        TrainOptionsReader.Read(path);
        return JsonNode.Parse(File.ReadAllText(path))!.AsObject();
    }

    private static T Named<T>(string row, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SegmentationException fault)
        {
            throw new SegmentationException(fault.Code, $"Row {row}: {fault.Message}", fault.Errors);
        }
    }

    private static SegmentationException SameName(string name) => Fault($"{name}: two rows have this name; give one of them another");

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
