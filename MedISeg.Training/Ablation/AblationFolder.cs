using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Ablation;

/// <summary>The output folder: what is done lies in it as small files, so that an ablation can be stopped and continued at any moment.</summary>
/// <remarks>runs/ has trainings, predictions/ label maps, scores/ numbers. A folder or file that is there under its final name is complete.</remarks>
internal sealed class AblationFolder
{
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };

    private readonly string _root;

    /// <summary>Opens a folder, made where it is missing; the split of the first time stays.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="split">The split to use.</param>
    /// <param name="isNamed">Whether the user named that split; otherwise the folder's own, if it has one, is used instead.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the folder was begun with another split.</exception>
    public AblationFolder(string root, Func<DataSplit> split, bool isNamed)
    {
        _root = Path.GetFullPath(root);
        Directory.CreateDirectory(_root);
        if (!File.Exists(SplitPath)) SplitFile.Write(SplitPath, "cases", "of this ablation", split());
        else if (isNamed && !SplitFile.Read(SplitPath).IsSame(split()))
            throw new SegmentationException(ErrorCode.InvalidOption, "The folder of --out was begun with another split; leave out --splits or name another folder.");
        Split = SplitFile.Read(SplitPath);
    }

    /// <summary>Test set and folds; the test set is never read.</summary>
    public DataSplit Split { get; }

    /// <summary>The split as a file.</summary>
    public string SplitPath => Path.Combine(_root, "splits.json");

    private string ScoreRoot => Path.Combine(_root, "scores");

    /// <summary>A file of results.</summary>
    public string ResultPath(string name) => Path.Combine(_root, name);

    /// <summary>Folder of one training configuration; found again by its key when the plan calls it otherwise.</summary>
    public string ConfigPath(TrainingConfig config)
    {
        string runs = Path.Combine(_root, "runs");
        Directory.CreateDirectory(runs);
        return Directory.EnumerateDirectories(runs, "*-" + config.Key).FirstOrDefault()
            ?? Directory.CreateDirectory(Path.Combine(runs, $"{Slug(config.Name)}-{config.Key}")).FullName;
    }

    /// <summary>Folder of one training.</summary>
    public string RunPath(TrainingConfig config, int fold, int seed) => Path.Combine(ConfigPath(config), Part(fold, seed));

    /// <summary>Root of the package of one training, or of several as an ensemble.</summary>
    public string PackageRoot(TrainingConfig config, int fold, string members, CheckpointRule checkpoint) => Path.Combine(
        ConfigPath(config), "packages", Invariant($"fold{fold}-{members}{(checkpoint == CheckpointRule.Best ? "-best" : "")}"));

    /// <summary>Folder of label maps.</summary>
    /// <param name="key">Hash of training and inference.</param>
    /// <param name="fold">Held-out fold.</param>
    /// <param name="members">Seed or seeds.</param>
    public string PredictionPath(string key, int fold, string members) => Path.Combine(_root, "predictions", key, Invariant($"fold{fold}-{members}"));

    /// <summary>File of a row's scores on a fold.</summary>
    /// <param name="row">Gives the name.</param>
    /// <param name="key">Hash of all that decides the scores.</param>
    /// <param name="fold">Held-out fold.</param>
    public string ScorePath(AblationRow row, string key, int fold) => Path.Combine(ScoreRoot, $"{Slug(row.Name)}-{key}", Invariant($"fold{fold}.json"));

    /// <summary>Drops the scores of all rows, also of those that are made of others; label maps stay.</summary>
    public void ForgetScores()
    {
        if (Directory.Exists(ScoreRoot)) Directory.Delete(ScoreRoot, recursive: true);
    }

    /// <summary>File that marks a finished training.</summary>
    public static string DonePath(string run) => Path.Combine(run, "done.json");

    /// <summary>A file as a value; the default where there is no such file.</summary>
    public static T? Read<T>(string path) => File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), SegmentationOptions.Json) : default;

    /// <summary>Writes a value as a file, complete or not at all.</summary>
    public static void Write<T>(string path, T value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Indented));
    }

    /// <summary>The cases to score on a fold.</summary>
    public IReadOnlyList<DatasetCase> HeldOut(IReadOnlyList<DatasetCase> cases, int fold) => Split.Of(cases, fold).Validation;

    /// <summary>Fold and seed as a name.</summary>
    public static string Part(int fold, int seed) => Invariant($"fold{fold}-seed{seed}");

    private static string Slug(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a finished training took; done.json of its folder.</summary>
/// <param name="Steps">Steps of the training.</param>
/// <param name="Seconds">Time of its last sitting.</param>
/// <param name="PeakBytes">Most memory it was seen to hold.</param>
internal sealed record TrainingDone(int Steps, double Seconds, long PeakBytes);

/// <summary>Scores of a row on one fold.</summary>
/// <param name="Row">Name.</param>
/// <param name="Fold">Held-out fold.</param>
/// <param name="Results">One entry a seed, or one alone for an ensemble.</param>
internal sealed record FoldScores(string Row, int Fold, IReadOnlyList<IReadOnlyList<Evaluation.CaseScore>> Results);
