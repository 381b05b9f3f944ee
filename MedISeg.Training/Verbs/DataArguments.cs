using System.CommandLine;
using System.Text.Json;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;

namespace MedISeg.Training.Verbs;

/// <summary>Options of verbs that read data folders.</summary>
internal static class DataArguments
{
    /// <summary>Data folders.</summary>
    public static Option<string[]> Data { get; } = new("--data")
    {
        Description = "Data folder (layouts: docs/training.md, Data); may be given several times.",
        Required = true,
    };

    /// <summary>Layout of the folders.</summary>
    public static Option<string?> Format { get; } = new Option<string?>("--format")
    {
        Description = "Layout of the data folders; overrides data.format. Without it: by what is there.",
    }.AcceptOnlyFromAmong([.. Enum.GetValues<DataFormat>().Select(Name)]);

    /// <summary>File of splits.</summary>
    public static Option<string?> Splits { get; } = new("--splits")
    {
        Description = "File of splits as FILE or FILE:SET (the verb split writes one): a test set that no training and no selection sees, and folds.",
    };

    /// <summary>Data options with what the command line overrides.</summary>
    public static DataOptions Options(ParseResult parsed, DataOptions options) =>
        parsed.GetValue(Format) is { } name ? options with { Format = Enum.GetValues<DataFormat>().First(f => Name(f) == name) } : options;

    /// <summary>Cases of all folders.</summary>
    public static IReadOnlyList<DatasetCase> Cases(ParseResult parsed, DataOptions options) =>
        [.. parsed.GetRequiredValue(Data).SelectMany(folder => DatasetFolder.List(folder, options))];

    /// <summary>The split of --splits; null: not named.</summary>
    public static DataSplit? Split(ParseResult parsed) => parsed.GetValue(Splits) is { } argument ? SplitFile.Read(argument) : null;

    /// <summary>Groups and strata of cases; where labels are read for it, progress is shown.</summary>
    public static IReadOnlyList<StratifiedCase> Strata(IReadOnlyList<DatasetCase> cases, CancellationToken cancellationToken)
    {
        if (cases[0].Options.Stratify != StratifyRule.Classes) return StratifiedCase.Of(cases, cancellationToken);
        IReadOnlyList<StratifiedCase> strata = [];
        CountProgressView.Show("labels read for stratification", cases.Count, done => strata = StratifiedCase.Of(cases, done, cancellationToken));
        return strata;
    }

    private static string Name(DataFormat format) => JsonSerializer.SerializeToElement(format, SegmentationOptions.Json).GetString()!;
}
