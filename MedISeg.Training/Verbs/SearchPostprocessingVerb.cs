using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Evaluation.PostprocessingSearch;
using MedISeg.Training.Export;

namespace MedISeg.Training.Verbs;

/// <summary><c>search-postprocessing</c>: chooses the post-processing of a package on held-out predictions.</summary>
internal static class SearchPostprocessingVerb
{
    private static readonly JsonSerializerOptions Json = new(SegmentationOptions.Json) { WriteIndented = true };

    private static readonly Option<string> Package = new("--package") { Description = "Folder of the package, such as models/NAME/VERSION; the chosen steps become its default in model.json.", Required = true };
    private static readonly Option<string> Data = new("--data") { Description = "Data folder (layouts: docs/training.md, Data).", Required = true };
    private static readonly Option<string[]> Predictions = new("--predictions")
    {
        Description = "Folders that evaluate --no-postprocessing --predictions has filled, one a fold. Without them the package predicts: each member the fold that it held out of --splits.",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int?> Connectivity = new("--connectivity") { Description = "Which voxels are one component: 6, 18 or 26; in 2-D 4 or 8. Default 26, in 2-D 8." };
    private static readonly Option<string[]> Report = new("--report") { Description = "File to write: .json or .md; may be given twice." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only reports; model.json stays as it is." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("search-postprocessing",
            "Tries largest component, smallest volumes and hole filling on held-out cases, and keeps what raises the mean Dice while no class falls and more cases gain than lose. The test set is never looked at.")
        {
            Package, Data, DataArguments.Format, PartArguments.Config, DataArguments.Splits, Predictions, Connectivity, Report, DryRun,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = new(Path.GetFullPath(parsed.GetRequiredValue(Package)));
        ModelManifest manifest = ManifestReader.Read(folder.FullName);
        int? connectivity = parsed.GetValue(Connectivity);
        int[] allowed = manifest.Dimensionality == 2 ? [4, 8] : [6, 18, 26];
        if (connectivity is { } asked && !allowed.Contains(asked))
            throw new SegmentationException(ErrorCode.InvalidOption, $"--connectivity of this package must be one of {string.Join(", ", allowed)}.");
        IReadOnlyList<SearchCase> cases = Cases(parsed, folder, manifest, cancellationToken);

        Dictionary<int, string> names = manifest.Classes.Where(c => c.Id > 0).ToDictionary(c => c.Id, c => c.Name);
        SearchReport report = StepSearch.Run(
            $"{manifest.Name} {manifest.Version}", cases, names, manifest.Dimensionality, connectivity,
            trial => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{SearchMarkdown.Describe(trial.Step, trial.Before)}: {trial.Before.Mean:F4} -> {trial.Score.Mean:F4}")),
            cancellationToken);
        string markdown = SearchMarkdown.Write(report);
        foreach (string file in parsed.GetValue(Report) ?? [])
            File.WriteAllText(file, file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonSerializer.Serialize(report, Json) : markdown);
        Console.WriteLine();
        Console.WriteLine(markdown);
        if (parsed.GetValue(DryRun)) return ExitCodes.Success;
        PackageEdits.SetPostprocessing(folder.FullName, report.Steps);
        Console.WriteLine($"model.json has {report.Steps.Count} step(s) by default now. Bring the defaults in card.md up to date.");
        return ExitCodes.Success;
    }

    private static IReadOnlyList<SearchCase> Cases(
        ParseResult parsed, DirectoryInfo folder, ModelManifest manifest, CancellationToken cancellationToken)
    {
        string data = parsed.GetRequiredValue(Data);
        DataSplit? split = DataArguments.Split(parsed);
        if (parsed.GetValue(Predictions) is { Length: > 0 } predictions)
            return HeldOutCases.Read(
                predictions, manifest, reading => DatasetFolder.List(data, reading), split,
                (count, work) => CountProgressView.Show("cases read", count, work), cancellationToken);
        if (split is null)
            throw new SegmentationException(ErrorCode.InvalidOption, "Either --splits, by which the package predicts the folds that it held out, or --predictions is needed.");
        using ModelCatalog catalog = new(new ModelCatalogOptions { Root = folder.Parent!.Parent!.FullName });
        return HeldOutCases.Predict(
            catalog.Load(manifest.Name, manifest.Version, cancellationToken), DatasetFolder.List(data, PartArguments.Reading(parsed, manifest)), split,
            (count, work) => CountProgressView.Show("cases predicted", count, work), cancellationToken);
    }
}
