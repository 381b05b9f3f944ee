using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;
using MedISeg.Tests.Support;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>A package that thresholds, on made-up volumes and pictures: predictions are what is drawn.</summary>
public sealed class SearchPostprocessingVerbTests : IDisposable
{
    private static readonly GridSize Grid = new(6, 12, 14);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Search_HeldOutFolds_WritesWhatHelpsAndNeverSeesTheTestSet()
    {
        string package = WriteVolumes();
        string[] common = ["--package", package, "--data", At("data"), "--splits", At("splits.json:toys")];
        Assert.Equal(0, await Run(SearchPostprocessingVerb.Create(), [.. common, "--report", At("search.json"), "--report", At("search.md")]));

        IReadOnlyList<PostprocessingStep> steps = ManifestReader.Read(package).Defaults!.Postprocessing!;
        Assert.Collection(steps,
            step => Assert.Equal([1], Assert.IsType<KeepLargestComponentStep>(step).Labels),
            step =>
            {
                RemoveSmallComponentsStep small = Assert.IsType<RemoveSmallComponentsStep>(step);
                Assert.Equal((true, 26), (small.Joint, small.Connectivity));
                Assert.InRange(small.MinVolumeMm3!.Value, 1.001, 23.999);
            },
            step =>
            {
                FillHolesStep fill = Assert.IsType<FillHolesStep>(step);
                Assert.Equal([2], fill.Labels);
                Assert.Null(fill.Plane);
            });
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("search.json")));
        Assert.Empty(new JsonSchemaChecker(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "postprocessing-search.schema.json"))).Check(report.RootElement));
        Assert.Equal(4, report.RootElement.GetProperty("cases").GetInt32());
        Assert.Equal(1, report.RootElement.GetProperty("after").GetProperty("mean").GetDouble());
        Assert.Contains("fill-holes of class-2 |", File.ReadAllText(At("search.md")), StringComparison.Ordinal);

        // The served pipeline reaches what the search has promised.
        string[] fold = [.. common, "--fold", "1", "--report", At("fold.json")];
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. fold, "--min", "1=1,2=1"]));
        Assert.Equal(1, await Run(EvaluateVerb.Create(), [.. fold, "--min", "1=1,2=1", "--no-postprocessing"]));
        Assert.False(File.Exists(At("models/analytic/test-use.json")));
    }

    [Fact]
    public async Task Search_StoredPredictions_GivesTheSameReportAndLeavesAPackageAlone()
    {
        string package = WriteVolumes();
        string[] common = ["--package", package, "--data", At("data"), "--splits", At("splits.json:toys")];
        Assert.Equal(0, await Run(SearchPostprocessingVerb.Create(), [.. common, "--dry-run", "--report", At("direct.json")]));
        foreach (string fold in (string[])["0", "1"])
            Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. common, "--fold", fold, "--no-postprocessing", "--predictions", At("fold" + fold)]));
        string before = File.ReadAllText(Path.Combine(package, "model.json"));
        string[] stored = ["--package", package, "--data", At("data"), "--predictions"];
        Assert.Equal(0, await Run(SearchPostprocessingVerb.Create(), [.. stored, At("fold0"), At("fold1"), "--dry-run", "--report", At("stored.json")]));
        Assert.Equal(File.ReadAllText(At("direct.json")), File.ReadAllText(At("stored.json")));
        Assert.Equal(before, File.ReadAllText(Path.Combine(package, "model.json")));
        // One case twice.
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. stored, At("fold0"), At("fold0")]));
    }

    [Fact]
    public async Task Search_UnfitInput_IsRefusedAndThePackageStays()
    {
        string package = WriteVolumes();
        string[] plain = ["--package", package, "--data", At("data")], common = [.. plain, "--splits", At("splits.json:toys")];
        string before = File.ReadAllText(Path.Combine(package, "model.json"));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), plain));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. common, "--connectivity", "8"]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. common, "--part", "test", "--no-postprocessing", "--predictions", At("test")]));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. plain, "--predictions", At("test")]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. common, "--part", "training", "--fold", "0", "--no-postprocessing", "--predictions", At("seen")]));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. plain, "--predictions", At("seen")]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. plain, "--no-postprocessing", "--predictions", At("whole")]));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. common, "--predictions", At("whole")]));
        File.WriteAllText(At("options.json"), """{ "postprocessing": [ { "op": "fill-holes", "labels": [1] } ] }""");
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. common, "--fold", "0", "--options", At("options.json"), "--predictions", At("filled")]));
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. plain, "--predictions", At("filled")]));
        File.WriteAllText(At("filled/predictions.json"), """{ "schemaVersion": 1, "cases": null }""");
        Assert.Equal(2, await Run(SearchPostprocessingVerb.Create(), [.. plain, "--predictions", At("filled")]));
        Assert.Equal(before, File.ReadAllText(Path.Combine(package, "model.json")));
    }

    [Fact]
    public async Task Evaluate_Pictures_ScoresKindsAndObjectsAndRescoresThem()
    {
        AnalyticPackageOptions options = new()
        {
            Dimensionality = 2,
            Change = manifest => manifest with { Training = JsonSerializer.SerializeToElement(new { reading = new { kindPattern = "^[a-z]+" } }) },
        };
        string package = AnalyticPackages.Write(At("models"), options);
        string[] drawn = ["11..........", "11......1...", "........11..", "............"], missed = ["11..........", "11..........", "............", "............"];
        foreach ((string name, string[] image, string[] truth) in ((string, string[], string[])[])[("dark-1", drawn, drawn), ("dark-2", missed, drawn), ("light-1", drawn, missed)])
        {
            WritePicture("images", name, TestLabels.Plane(image), scale: 150);
            WritePicture("labels", name, TestLabels.Plane(truth), scale: 1);
        }
        string[] first = ["--package", package, "--data", At("data"), "--tolerance", "0", "--predictions", At("kept"), "--report", At("first.json")];
        Assert.Equal(0, await Run(EvaluateVerb.Create(), first));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), "--from-predictions", At("kept"), "--data", At("data"), "--tolerance", "0", "--report", At("again.json")));
        Assert.Equal(File.ReadAllText(At("first.json")), File.ReadAllText(At("again.json")));
        Assert.Equal(3, Directory.GetFiles(At("kept"), "*.png").Length);
        foreach (string[] useless in (string[][])[["--no-postprocessing"], ["--fold", "0"], ["--baseline-components", "2"]])
            Assert.Equal(2, await Run(EvaluateVerb.Create(), ["--from-predictions", At("kept"), "--data", At("data"), .. useless]));

        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("first.json")));
        JsonElement[] summary = [.. report.RootElement.GetProperty("summary").EnumerateArray()];
        Assert.Equal(["all", "dark", "light"], summary.Select(s => s.GetProperty("group").GetString()));
        // 4 of 7 pixels found: Dice 8/11; the object that is missed has 3 of the truth's 7.
        Assert.Equal((1 + 8.0 / 11) / 2, Mean(summary[1], "dice"), 1e-12);
        Assert.Equal((1 + 4.0 / 7) / 2, Mean(summary[1], "aji"), 1e-12);
        Assert.Equal((1 + 8.0 / 11) / 2, Mean(summary[1], "surfaceDice"), 1e-12);
        Assert.Equal(4.0 / 7, Mean(summary[2], "precision"), 1e-12);
        Assert.Equal(75, Mean(summary[2], "volumeErrorPercent"), 1e-9);
        JsonElement paper = report.RootElement.GetProperty("paper")[2];
        Assert.Equal("light", paper.GetProperty("group").GetString());
        Assert.Equal((4.0 / 7 + 41.0 / 44) / 2, paper.GetProperty("iou").GetDouble(), 1e-12);
    }

    private static double Mean(JsonElement group, string score) => group.GetProperty("scores").GetProperty(score).GetProperty("mean").GetDouble();

    private static Task<int> Run(Command verb, params string[] arguments) => verb.Parse(arguments).InvokeAsync();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private void WritePicture(string folder, string name, LabelMap map, byte scale)
    {
        Directory.CreateDirectory(At($"data/{folder}"));
        using FileStream stream = File.Create(At($"data/{folder}/{name}.png"));
        RasterWriter.WriteLabels(stream, new LabelMap(map.Geometry, [.. map.Bytes.ToArray().Select(label => (byte)(label * scale))]));
    }

    /// <summary>Four cases in two folds and one in the test set, and a package of two members that held out one fold each.</summary>
    private string WriteVolumes()
    {
        Directory.CreateDirectory(At("data/images"));
        Directory.CreateDirectory(At("data/labels"));
        for (int n = 0; n < 5; n++)
        {
            byte[] truth = new byte[Grid.VoxelCount];
            Paint(truth, (1, 1, 1), (3, 4, 4), 1);
            Paint(truth, (0, 7, 6), (3, 3, 3), 2);
            Paint(truth, (3, 1, 9 + n % 2), (2, 4, 3), 2);
            byte[] prediction = (byte[])truth.Clone();
            // Inside a block of class 2, a speck of each class, and an island of class 1 as large as a part of class 2.
            Paint(prediction, (1, 8, 7), (1, 1, 1), 0);
            Paint(prediction, (5, 11, 13), (1, 1, 1), 2);
            Paint(prediction, (5, 11, 0), (1, 1, 1), 1);
            Paint(prediction, (3, 8, 0), (2, 2, 4), 1);
            // In the test set all of this is true: a choice that saw it would be another one.
            if (n == 4) truth = prediction;
            VolumeGeometry geometry = VolumeGeometry.AxisAligned(Grid, new SpacingMm(2, 1, 0.5));
            using FileStream image = File.Create(At($"data/images/{n}.nii.gz")), labels = File.Create(At($"data/labels/{n}.nii.gz"));
            NiftiWriter.Write(image, new Volume(geometry, [prediction.Select(label => (short)(label * 100 + 50)).ToArray()]), gzip: true);
            NiftiWriter.Write(labels, new LabelMap(geometry, truth), gzip: true);
        }
        SplitFile.Write(At("splits.json"), "toys", "by hand", new DataSplit(["4"], [["0", "1"], ["2", "3"]]));
        return AnalyticPackages.Write(At("models"), new AnalyticPackageOptions
        {
            Thresholds = [100, 200], Members = 2,
            Change = manifest => manifest with { Members = [.. manifest.Members.Select((member, fold) => member with { Fold = fold })] },
        });
    }

    private static void Paint(byte[] labels, (int K, int J, int I) from, (int K, int J, int I) size, byte label)
    {
        for (int k = from.K; k < from.K + size.K; k++)
            for (int j = from.J; j < from.J + size.J; j++)
                labels.AsSpan((int)Grid.Offset(k, j, from.I), size.I).Fill(label);
    }
}
