using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary>Options of verbs that run a package on a part of a data set.</summary>
internal static class PartArguments
{
    private const string Test = "test", Training = "training", Validation = "validation", HeldOut = "fold";

    /// <summary>Part of the splits.</summary>
    public static Option<string?> Part { get; } = new Option<string?>("--part")
    {
        Description = "With --splits: validation (or fold: the held-out fold; default), training, or test. A use of the test set is recorded in test-use.json beside the package's versions.",
    }.AcceptOnlyFromAmong(Validation, HeldOut, Training, Test);

    /// <summary>Held-out fold.</summary>
    public static Option<int?> Fold { get; } = new("--fold") { Description = "With --splits: the held-out fold; without it, that of the package's members." };

    /// <summary>Where the data options come from.</summary>
    public static Option<string?> Config { get; } = new("--config")
    {
        Description = "Training options as JSON, such as a run's options.json, whose key data says how files are read. Without it: as the package was trained.",
    };

    /// <summary>How a package's data were read in training, or as --config and --format say.</summary>
    /// <exception cref="SegmentationException">The options or the package's record cannot be read.</exception>
    public static DataOptions Reading(ParseResult parsed, ModelManifest manifest) => DataArguments.Options(parsed,
        parsed.GetValue(Config) is { } path ? TrainOptionsReader.Read(path).Data : Recorded(manifest));

    /// <summary>Chooses cases, says what was chosen, and records a use of the test set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cases">All cases of the data folders.</param>
    /// <param name="manifest">The package.</param>
    /// <param name="sha256">Its hash.</param>
    /// <param name="record">File of test uses.</param>
    /// <param name="time">Gives the time of the use.</param>
    /// <returns>The cases to score, and those that a choice may be made on.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the part is empty or the options do not fit together.</exception>
    public static PartOfData Choose(
        ParseResult parsed, IReadOnlyList<DatasetCase> cases, ModelManifest manifest, string sha256, string record, TimeProvider time)
    {
        string? part = parsed.GetValue(Part);
        if (DataArguments.Split(parsed) is not { } split)
            return part is null && parsed.GetValue(Fold) is null
                ? new PartOfData(cases, null)
                : throw Fault("--part and --fold need --splits, the file that says which cases they are");
        part ??= Validation;
        int fold = parsed.GetValue(Fold) ?? FoldOf(manifest, part);
        DataParts parts = split.Of(cases, fold);
        IReadOnlyList<DatasetCase> chosen = part == Test ? parts.Test : part == Training ? parts.Training : parts.Validation;
        if (chosen.Count == 0) throw Fault($"The data folder holds no case of the part {part} of the split");
        Console.WriteLine(part == Test
            ? $"Scoring the test set, {chosen.Count} cases. The use is recorded in {record}."
            : $"Scoring {chosen.Count} cases: {(part == Training ? $"all folds but {fold}" : $"fold {fold}")}.");
        if (part == Test)
        {
            TestUse use = new($"{manifest.Name} {manifest.Version}", sha256, TestUse.HashOf(split), time.GetUtcNow());
            IReadOnlyList<TestUse> earlier = TestUse.Record(record, use);
            if (earlier.Count > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"Warning: this test set was scored {earlier.Count} time(s) before, first with {earlier[0].Package} on {earlier[0].At:yyyy-MM-dd}. No choice may follow from it; the first score is the one to report."));
        }
        return new PartOfData(chosen, split with { Test = [.. split.Test, .. part == Training ? [] : chosen.Select(c => c.Name)] });
    }

    private static int FoldOf(ModelManifest manifest, string part)
    {
        int?[] folds = [.. manifest.Members.Select(m => m.Fold).Distinct()];
        if (folds is [{ } only]) return only;
        return part == Test ? 0 : throw Fault("The package's members held out different folds or none is known; name one with --fold");
    }

    private static DataOptions Recorded(ModelManifest manifest)
    {
        try
        {
            DataOptions options = manifest.Training is { ValueKind: JsonValueKind.Object } training && training.TryGetProperty("reading", out JsonElement reading)
                ? reading.Deserialize<DataOptions>(SegmentationOptions.Json) ?? new DataOptions()
                : new DataOptions();
            return options.Exclude is not null && !options.Check().Any() ? options : throw new JsonException();
        }
        catch (JsonException)
        {
            throw Fault("The package's record of how its data were read (training.reading) is not valid; name the options with --config");
        }
    }

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
