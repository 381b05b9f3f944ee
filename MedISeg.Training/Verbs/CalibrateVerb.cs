using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Evaluation.Calibration;
using MedISeg.Training.Evaluation.PostprocessingSearch;
using MedISeg.Training.Export;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedISeg.Training.Verbs;

/// <summary><c>calibrate</c>: fits the temperature of a package on held-out cases.</summary>
internal static class CalibrateVerb
{
    private const int SignificantDigits = 4;

    private static readonly JsonSerializerOptions Json = new(SegmentationOptions.Json) { WriteIndented = true };

    private static readonly Option<string> Package = new("--package") { Description = "Folder of the package, such as models/NAME/VERSION; the temperature is written to its model.json.", Required = true };
    private static readonly Option<string> Data = new("--data") { Description = "Data folder (layouts: docs/training.md, Data).", Required = true };
    private static readonly Option<int?> Fold = new("--fold") { Description = "This held-out fold of --splits alone; needed where the package does not say which folds its members held out." };
    private static readonly Option<int> Voxels = new("--voxels") { Description = "Most voxels of a case that are looked at, chosen at random.", DefaultValueFactory = _ => 50_000 };
    private static readonly Option<long> Seed = new("--seed") { Description = "Chooses the voxels.", DefaultValueFactory = _ => 2022 };
    private static readonly Option<string[]> Report = new("--report") { Description = "File to write: .json or .md; may be given twice." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only reports; model.json stays as it is." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("calibrate",
            "Fits the temperature that a package's logits are divided by, so that its probabilities say how often it is right on cases that its members held out. The test set is never looked at.")
        {
            Package, Data, DataArguments.Format, PartArguments.Config, DataArguments.Splits, Fold, Voxels, Seed, Report, DryRun,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = new(Path.GetFullPath(parsed.GetRequiredValue(Package)));
        ModelManifest manifest = ManifestReader.Read(folder.FullName);
        Check(manifest, parsed.GetValue(Fold), parsed.GetValue(Voxels));
        DataSplit split = DataArguments.Split(parsed) ?? throw Fault("--splits is needed: it says which cases the package's members held out");
        IReadOnlyList<(DatasetCase Case, SegmentationOptions Options)> work = HeldOutCases.Of(
            manifest, DatasetFolder.List(parsed.GetRequiredValue(Data), PartArguments.Reading(parsed, manifest)), split, parsed.GetValue(Fold));

        long seed = parsed.GetValue(Seed);
        VoxelLogits logits = Logits(folder.FullName, manifest, work, parsed.GetValue(Voxels), seed, cancellationToken);
        TemperatureFit fit = new(logits, cancellationToken);
        CalibrationScore before = fit.Score(manifest.Calibration?.Temperature ?? 1), after = fit.Score(Rounded(fit.Run()));
        CalibrationReport report = new(1, $"{manifest.Name} {manifest.Version}", work.Count, logits.Truth.Length, seed, before, after);
        string markdown = report.ToMarkdown();
        foreach (string file in parsed.GetValue(Report) ?? [])
            File.WriteAllText(file, file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonSerializer.Serialize(report, Json) : markdown);
        Console.WriteLine(markdown);
        if (parsed.GetValue(DryRun)) return ExitCodes.Success;
        PackageEdits.SetCalibration(folder.FullName, new ModelCalibration { Temperature = after.Temperature, Fit = Provenance(report) });
        Console.WriteLine("model.json has this temperature now. Thresholds of regions and uncertainty maps change with it; bring card.md up to date.");
        return ExitCodes.Success;
    }

    private static void Check(ModelManifest manifest, int? fold, int voxels)
    {
        if (manifest.Network.Activation == ActivationKind.None)
            throw Fault("The package's network gives probabilities itself (activation none), which no temperature changes; export it with its logits");
        if (manifest.Cascade is not null)
            throw Fault("The package works inside the box of a first stage; calibrate a copy without cascade on images cut to that box, and write its temperature into this package");
        if (manifest.PaintedRegions()?.Count > VoxelLogits.MostRegions) throw Fault($"The package has more than {VoxelLogits.MostRegions} regions");
        if (fold is null && manifest.Members.Any(member => member.Fold is null))
            throw Fault("The package does not say which fold each member held out; name it with --fold, and calibrate only on cases that no member was trained on");
        if (voxels < 1) throw Fault("--voxels must be at least 1");
    }

    /// <summary>Logits of all cases, as the members give them without views and before the package's own temperature.</summary>
    private static VoxelLogits Logits(
        string folder, ModelManifest manifest, IReadOnlyList<(DatasetCase Case, SegmentationOptions Options)> work, int voxels, long seed,
        CancellationToken cancellationToken)
    {
        ModelManifest plain = manifest with { Network = manifest.Network with { Domain = ScoreDomain.Logits }, Calibration = null };
        using LoadedModel model = new ModelLoader(new ModelCatalogOptions(), NullLogger.Instance).Load(
            PackageFolder.Read(folder, null) with { Manifest = plain }, cancellationToken);
        LogitSampler sampler = new(model, voxels, seed);
        List<VoxelLogits> cases = [];
        CountProgressView.Show("cases predicted", work.Count, done =>
        {
            foreach ((DatasetCase one, SegmentationOptions options) in work)
            {
                SegmentationOptions alone = options with
                {
                    Tta = new TtaOptions { Views = [], Intensity = [] }, Ensemble = options.Ensemble! with { Merge = MergeKind.Mean }, Outputs = [OutputKind.Labels],
                };
                cases.Add(one.Named(() => sampler.Take(one, cases.Count, alone, cancellationToken)));
                done();
            }
        });
        return VoxelLogits.Join(cases);
    }

    /// <summary>What a reader of the package needs to judge the temperature; no names of cases or files.</summary>
    private static JsonElement Provenance(CalibrationReport report) => JsonSerializer.SerializeToElement(
        new
        {
            report.Cases, report.Voxels, report.Seed, report.Before, report.After,
            Code = typeof(CalibrateVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        },
        SegmentationOptions.Json);

    private static double Rounded(double temperature) =>
        double.Parse(temperature.ToString($"G{SignificantDigits}", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
