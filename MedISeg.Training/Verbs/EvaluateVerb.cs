using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Evaluation;

namespace MedISeg.Training.Verbs;

/// <summary><c>evaluate</c>: an exported package, or what it has predicted before, on a data set.</summary>
internal static class EvaluateVerb
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<string?> Package = new("--package") { Description = "Folder of the package, such as models/NAME/VERSION." };
    private static readonly Option<string?> FromPredictions = new("--from-predictions") { Description = "Folder that --predictions has filled: scores it again, without the network. Instead of --package." };
    private static readonly Option<string> Data = new("--data") { Description = "Data folder (layouts: docs/training.md, Data). Scores are grouped by kind, and by phantoms.json where it is there.", Required = true };
    private static readonly Option<string?> Options = new("--options") { Description = "JSON file with options beside the package's defaults (docs/schemas/options.schema.json)." };
    private static readonly Option<string[]> Report = new("--report") { Description = "File to write: .json, .csv (one row a case and class) or .md; may be given more than once." };
    private static readonly Option<string?> Predictions = new("--predictions") { Description = "New folder for the predicted label maps." };
    private static readonly Option<bool> NoPostprocessing = new("--no-postprocessing") { Description = "Leaves the package's post-processing out, as search-postprocessing needs it." };
    private static readonly Option<string?> Tolerance = new("--tolerance") { Description = "Tolerance of the surface Dice, mm: one number, or one a label such as 1=1.5,2=3. Default 1." };
    private static readonly Option<bool> NoSurfaces = new("--no-surfaces") { Description = "Leaves surface Dice and distances out." };
    private static readonly Option<bool?> Objects = new("--objects") { Description = "Scores of objects (components) too: AJI, object Dice, IoU and Hausdorff. Default: in 2-D." };
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
        Command command = new("evaluate", "Scores an exported package through the pipeline that serves it: overlaps, surface distances in mm and volumes of each class on the images' own grids, by group.")
        {
            Package, FromPredictions, Data, DataArguments.Format, PartArguments.Config, DataArguments.Splits, PartArguments.Part, PartArguments.Fold,
            Options, NoPostprocessing, Predictions, Report, Tolerance, NoSurfaces, Objects, Baseline, Components, Minimum,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, double> least = LabelArgument.Fractions(Minimum.Name, parsed.GetValue(Minimum));
        ScoringOptions scoring = new ScoringOptions { Surfaces = !parsed.GetValue(NoSurfaces), Objects = parsed.GetValue(Objects) }
            .With(Tolerance.Name, parsed.GetValue(Tolerance));
        string data = parsed.GetRequiredValue(Data);
        EvaluationReport report = (parsed.GetValue(Package), parsed.GetValue(FromPredictions)) switch
        {
            ({ } package, null) => FromPackage(parsed, package, data, scoring, cancellationToken),
            (null, { } predictions) => FromFolder(parsed, predictions, data, scoring, cancellationToken),
            _ => throw new SegmentationException(ErrorCode.InvalidOption, "Either --package or --from-predictions is needed."),
        };
        string markdown = EvaluationMarkdown.Write(report);
        foreach (string file in parsed.GetValue(Report) ?? [])
            File.WriteAllText(file, Path.GetExtension(file).ToUpperInvariant() switch
            {
                ".JSON" => JsonSerializer.Serialize(report, Json),
                ".CSV" => EvaluationCsv.Write(report.Cases),
                _ => markdown,
            });
        Console.WriteLine(markdown);
        return Reached(report, least) ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    private static EvaluationReport FromPackage(
        ParseResult parsed, string package, string data, ScoringOptions scoring, CancellationToken cancellationToken)
    {
        SegmentationOptions? options = parsed.GetValue(Options) is { } path ? OptionsReader.Parse(File.ReadAllText(path)) : null;
        if (parsed.GetValue(NoPostprocessing)) options = (options ?? new SegmentationOptions()) with { Postprocessing = [] };
        DirectoryInfo folder = new(Path.GetFullPath(package));
        ModelManifest manifest = ManifestReader.Read(folder.FullName);
        DataOptions reading = PartArguments.Reading(parsed, manifest);
        IReadOnlyList<DatasetCase> listed = DatasetFolder.List(data, reading);
        CaseComparer comparer = new(manifest.Classes.Where(c => c.Id > 0).ToDictionary(c => c.Id, c => c.Name), CaseGroups.Read(data), scoring);

        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = folder.Parent!.Parent!.FullName });
        LoadedModel model = catalog.Load(manifest.Name, manifest.Version, cancellationToken);
        PartOfData part = PartArguments.Choose(
            parsed, listed, manifest, model.Sha256, Path.Combine(folder.Parent.FullName, "test-use.json"), TimeProvider.System);
        IReadOnlyList<DatasetCase> cases = part.Cases;
        PredictionFolder? store = parsed.GetValue(Predictions) is { } kept
            ? PredictionFolder.Create(kept, PredictionList.Of(model, reading, options, parsed.GetValue(PartArguments.Part)))
            : null;
        IReadOnlyList<CaseScore> scores = [];
        CountProgressView.Show("cases", cases.Count, done =>
            scores = PackageEvaluator.Evaluate(model, cases, comparer, options, store, done, cancellationToken));
        BaselineReport? baseline = null;
        if (parsed.GetValue(Baseline) is { } fitted)
            CountProgressView.Show("cases by the baseline", cases.Count, done => baseline = PackageEvaluator.EvaluateBaseline(
                model, part.Unseen(DatasetFolder.List(fitted, reading)), cases, comparer, parsed.GetRequiredValue(Components), done, cancellationToken));
        return EvaluationReport.Of($"{manifest.Name} {manifest.Version}", model.Sha256, scoring, scores, baseline);
    }

    private static EvaluationReport FromFolder(
        ParseResult parsed, string predictions, string data, ScoringOptions scoring, CancellationToken cancellationToken)
    {
        Option[] ofPackages =
        [
            Options, NoPostprocessing, Predictions, Baseline, Components, DataArguments.Format, PartArguments.Config, DataArguments.Splits, PartArguments.Part,
            PartArguments.Fold,
        ];
        foreach (Option option in ofPackages)
            if (parsed.GetResult(option) is { Implicit: false })
                throw new SegmentationException(ErrorCode.InvalidOption, $"{option.Name} needs --package; stored predictions are scored as they were made.");
        PredictionFolder folder = PredictionFolder.Open(predictions);
        PredictionList list = folder.List;
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(data, list.Reading);
        CaseComparer comparer = new(list.Names(), CaseGroups.Read(data), scoring);
        IReadOnlyList<CaseScore> scores = [];
        CountProgressView.Show("cases", list.Cases.Count, done =>
            scores = PackageEvaluator.Rescore(folder, cases, comparer, done, cancellationToken));
        return EvaluationReport.Of(list.Package, list.Sha256, scoring, scores, baseline: null);
    }

    private static bool Reached(EvaluationReport report, IReadOnlyDictionary<int, double> least)
    {
        bool reached = true;
        foreach ((int label, double dice) in least)
        {
            double? mean = report.Summary.FirstOrDefault(s => s.Group == CaseGroups.All && s.Label == label)?.Dice?.Mean;
            if (mean >= dice) continue;
            Console.Error.WriteLine($"Label {label}: a mean Dice of at least {dice:F3} is asked for.");
            reached = false;
        }
        return reached;
    }
}
