using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;
using MedISeg.Tests.Training.Data.Readers;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>Grey and colour pictures with instance masks, as a user trains on them: split, train, export, evaluate.</summary>
[Collection(TrainingTests.Name)]
public sealed class PicturesWayTests : IDisposable
{
    private const int Cases = 12;
    private static readonly GridSize Plane = new(1, 18, 21);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SplitTrainExportEvaluate_MixedPictures_NeverTouchTheTestSetUntilAsked()
    {
        WriteData();
        WriteConfig();
        string splits = At("splits.json"), package = Path.Combine(At("models"), "discs", "1");
        string[] split = ["--data", At("data"), "--config", At("train.json"), "--out", splits, "--folds", "3", "--test", "0.25", "--set", "discs"];
        Assert.Equal(0, await Run(SplitVerb.Create(), split));
        Assert.Equal(2, await Run(SplitVerb.Create(), split));
        DataSplit made = SplitFile.Read(splits + ":discs");
        Assert.Equal((3, 2), (made.Test.Count, made.Test.Count(n => n.StartsWith("fluo_", StringComparison.Ordinal))));

        // A test case that cannot be read: training, statistics and validation would fail if they looked at it.
        string hidden = At("data", made.Test[0] + ".png");
        byte[] bytes = File.ReadAllBytes(hidden);
        File.WriteAllText(hidden, "not to be read");
        string[] train = ["--data", At("data"), "--config", At("train.json"), "--splits", splits + ":discs", "--fold", "1", "--out", At("run")];
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--validation", At("data")]));
        Assert.Equal(0, await Run(TrainVerb.Create(), train));
        RunFolder run = RunFolder.Open(At("run"));
        Assert.True(SplitFile.Read(run.SplitPath).IsSame(made));
        File.WriteAllBytes(hidden, bytes);

        Assert.Equal(0, await Run(ExportVerb.Create(), "--run", At("run"), "--out", At("models"), "--name", "discs"));
        ModelManifest manifest = ManifestReader.Read(package);
        Assert.Equal(("positive", "rgb"), (Reading(manifest, "labels"), Reading(manifest, "colours")));

        string[] evaluate = ["--package", package, "--data", At("data"), "--report", At("report.json")];
        Assert.Equal(2, await Run(EvaluateVerb.Create(), [.. evaluate, "--part", "test"]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. evaluate, "--splits", splits]));
        Assert.Equal(made.Folds[1].Order(), CasesOfReport().Order());
        Assert.False(File.Exists(Path.Combine(At("models"), "discs", "test-use.json")));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. evaluate, "--splits", splits, "--part", "test", "--min", "1=0.6"]));
        Assert.Equal(made.Test.Order(), CasesOfReport().Order());
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. evaluate, "--splits", run.SplitPath, "--part", "test"]));
        TestUse[] uses = JsonSerializer.Deserialize<TestUse[]>(File.ReadAllText(Path.Combine(At("models"), "discs", "test-use.json")), JsonSerializerOptions.Web)!;
        Assert.Equal(["discs 1", "discs 1"], uses.Select(u => u.Package));
        Assert.Equal(uses[0].TestSha256, uses[1].TestSha256);
    }

    [Fact]
    public async Task Train_ResumeWithAnotherSplitOrWithoutCases_IsRefused()
    {
        WriteData();
        WriteConfig();
        string[] train = ["--data", At("data"), "--out", At("run")];
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. train, "--config", At("train.json"), "--steps", "1"]));
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. train, "--resume"]));
        DataSplit used = SplitFile.Read(RunFolder.Open(At("run")).SplitPath);
        SplitFile.Write(At("other.json"), "cases", "turned", used with { Folds = [.. used.Folds.Reverse()] });
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--resume", "--splits", At("other.json")]));
        File.Delete(At("data", used.Folds[0][0] + ".png"));
        File.Delete(At("data", used.Folds[0][0] + "_labels.png"));
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--resume"]));
    }

    [Fact]
    public async Task Evaluate_LabelsReadInAnotherWay_AreRefusedByName()
    {
        WriteData();
        WriteConfig();
        Assert.Equal(0, await Run(TrainVerb.Create(), "--data", At("data"), "--out", At("run"), "--config", At("train.json"), "--steps", "1"));
        Assert.Equal(0, await Run(ExportVerb.Create(), "--run", At("run"), "--out", At("models"), "--name", "discs"));
        JsonNode config = JsonNode.Parse(File.ReadAllText(At("train.json")))!;
        config["data"]!["labels"] = "values";
        File.WriteAllText(At("raw.json"), config.ToJsonString());
        string[] evaluate = ["--package", Path.Combine(At("models"), "discs", "1"), "--data", At("data")];
        Assert.Equal(2, await Run(EvaluateVerb.Create(), [.. evaluate, "--config", At("raw.json")]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), evaluate));
    }

    /// <summary>Bright discs on a dark ground, instances 1 and 300; every third case in colours.</summary>
    private void WriteData()
    {
        for (int n = 0; n < Cases; n++)
        {
            bool colour = n % 3 == 0;
            int bands = colour ? 3 : 1;
            byte[] image = new byte[Plane.VoxelCount * bands];
            ushort[] labels = new ushort[Plane.VoxelCount];
            for (int j = 0; j < Plane.Height; j++)
                for (int i = 0; i < Plane.Width; i++)
                {
                    int at = j * Plane.Width + i;
                    labels[at] = (ushort)(Inside(j, i, 5, 5 + n % 4) ? 1 : Inside(j, i, 12, 14 - n % 5) ? 300 : 0);
                    for (int c = 0; c < bands; c++) image[at * bands + c] = (byte)(20 + (labels[at] > 0 ? 180 : 0) + (at * 7 + n) % 11);
                }
            string name = (colour ? "colour_" : "fluo_") + n.ToString("D2", System.Globalization.CultureInfo.InvariantCulture);
            ToyFiles.Picture(At("data", name + ".png"), Plane, bands, image);
            ToyFiles.Picture(At("data", name + "_labels.png"), Plane, 1, labels);
        }

        static bool Inside(int j, int i, int y, int x) => (j - y) * (j - y) + (i - x) * (i - x) <= 12;
    }

    private void WriteConfig() => File.WriteAllText(At("train.json"), JsonSerializer.Serialize(ToyCases.Options with
    {
        Data = new DataOptions { Labels = LabelRule.Positive, Colours = ColourRule.Rgb, KindPattern = "^[a-z]+" },
        Inputs = [new ModelInput { Name = "red" }, new ModelInput { Name = "green" }, new ModelInput { Name = "blue" }],
        Grid = new ModelGrid { Orientation = null, Spacing = null },
        Intensity = [],
        Preparation = new PreparationOptions { IntesNorm = IntensityScheme.Foreground },
        Classes = [new ModelClass { Id = 0, Name = "background" }, new ModelClass { Id = 1, Name = "disc" }],
        Network = new UNetOptions { Dimensionality = 2, Features = [4, 8], Convolutions = [1] },
        PatchSize = [16, 16],
        Steps = 60,
        StepsPerEpoch = 30,
        Folds = 3,
    }, SegmentationOptions.Json));

    private static string? Reading(ModelManifest manifest, string key) => manifest.Training!.Value.GetProperty("reading").GetProperty(key).GetString();

    private IEnumerable<string> CasesOfReport()
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("report.json")));
        return [.. report.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];
    }

    private static Task<int> Run(Command verb, params string[] arguments) => verb.Parse(arguments).InvokeAsync();

    private string At(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
}
