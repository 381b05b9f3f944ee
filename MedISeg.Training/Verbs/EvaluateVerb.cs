using System.CommandLine;
using System.Text.Json;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Evaluation;

namespace MedISeg.Training.Verbs;

/// <summary><c>evaluate</c>: an exported package on a data set.</summary>
internal static class EvaluateVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<string> Package = new("--package") { Description = "Folder of the package, such as models/NAME/VERSION.", Required = true };
    private static readonly Option<string> Data = new("--data") { Description = "Folder with images/*.nii.gz and labels/*.nii.gz; with phantoms.json the scores are grouped too.", Required = true };
    private static readonly Option<string?> Options = new("--options") { Description = "JSON file with options beside the package's defaults (docs/schemas/options.schema.json)." };
    private static readonly Option<string[]> Report = new("--report") { Description = "File to write: .json or .md; may be given twice." };
    private static readonly Option<string?> Baseline = new("--baseline") { Description = "Data folder on which the baseline (threshold and largest component) is fitted; it is then scored beside the package." };
    private static readonly Option<int[]> Components = new("--baseline-components")
    {
        Description = "Components that the baseline keeps of each class; one number serves all.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [1],
    };
    private static readonly Option<string?> Minimum = new("--min") { Description = "Least mean Dice a label, such as 1=0.95,2=0.80; where one is not reached, the exit code is 1." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("evaluate", "Scores an exported package through the pipeline that serves it: Dice of each class on the images' own grids.")
        {
            Package, Data, Options, Report, Baseline, Components, Minimum,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, double> least = LabelArgument.Fractions(Minimum.Name, parsed.GetValue(Minimum));
        SegmentationOptions? options = parsed.GetValue(Options) is { } path ? OptionsReader.Parse(File.ReadAllText(path)) : null;
        DirectoryInfo folder = new(Path.GetFullPath(parsed.GetRequiredValue(Package)));
        ModelManifest manifest = ManifestReader.Read(folder.FullName);
        string data = parsed.GetRequiredValue(Data);
        DataOptions reading = new();
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(data, reading);
        CaseGroups groups = CaseGroups.Read(data);

        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = folder.Parent!.Parent!.FullName });
        LoadedModel model = catalog.Load(manifest.Name, manifest.Version, cancellationToken);
        IReadOnlyList<CaseScore> scores = [];
        CountProgressView.Show("cases", cases.Count, done =>
            scores = PackageEvaluator.Evaluate(model, cases, groups, options, done, cancellationToken));
        BaselineReport? baseline = null;
        if (parsed.GetValue(Baseline) is { } fitted)
            CountProgressView.Show("cases by the baseline", cases.Count, done => baseline = PackageEvaluator.EvaluateBaseline(
                model, DatasetFolder.List(fitted, reading), cases, groups, parsed.GetRequiredValue(Components), done, cancellationToken));

        EvaluationReport report = new($"{manifest.Name} {manifest.Version}", model.Sha256, scores, GroupScore.Of(scores), baseline);
        string markdown = EvaluationMarkdown.Write(report);
        foreach (string file in parsed.GetValue(Report) ?? [])
            File.WriteAllText(file, file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonSerializer.Serialize(report, Json) : markdown);
        Console.WriteLine(markdown);
        return Reached(report, least) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    private static bool Reached(EvaluationReport report, IReadOnlyDictionary<int, double> least)
    {
        bool reached = true;
        foreach ((int label, double dice) in least)
        {
            double? mean = report.Summary.FirstOrDefault(s => s.Group == CaseGroups.All && s.Label == label)?.MeanDice;
            if (mean >= dice) continue;
            Console.Error.WriteLine($"Label {label}: a mean Dice of at least {dice:F3} is asked for.");
            reached = false;
        }
        return reached;
    }
}
