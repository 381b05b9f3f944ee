using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>The verbs as a user calls them: data to run, run to package, package to scores.</summary>
[Collection(TrainingTests.Name)]
public sealed class WholeWayTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task TrainExportVerifyEvaluate_Toys_EndWithTheirExitCodes()
    {
        WriteData("data", 6);
        WriteConfig(ToyCases.Options with { Steps = 80, StepsPerEpoch = 40 });
        Assert.Equal(0, await Run(TrainVerb.Create(), "--data", At("data"), "--out", At("run"), "--config", At("train.json"), "--fold", "1", "--seed", "3"));
        TrainOptions stored = RunFolder.Open(At("run")).ReadOptions();
        Assert.Equal((1, 3), (stored.Fold, stored.Seed));
        Assert.Equal(2, await Run(TrainVerb.Create(), "--data", At("data"), "--out", At("run"), "--config", At("train.json")));

        string[] export = ["--run", At("run"), "--out", At("models"), "--name", "blocks"];
        Assert.Equal(0, await Run(ExportVerb.Create(), export));
        Assert.Equal(2, await Run(ExportVerb.Create(), export));
        string package = Path.Combine(At("models"), "blocks", "1");
        Assert.Equal(0, await Run(VerifyVerb.Create(), "--package", package));

        string[] evaluate = ["--package", package, "--data", At("data"), "--report", At("report.json"), "--report", At("report.md")];
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. evaluate, "--min", "1=0.5"]));
        Assert.Equal(1, await Run(EvaluateVerb.Create(), [.. evaluate, "--min", "1=1"]));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), [.. evaluate, "--baseline", At("data")]));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(At("report.json")));
        Assert.Equal(6, report.RootElement.GetProperty("cases").GetArrayLength());
        JsonElement bright = report.RootElement.GetProperty("summary")[0];
        Assert.Equal(("all", "bright"), (bright.GetProperty("group").GetString(), bright.GetProperty("name").GetString()));
        Assert.True(report.RootElement.GetProperty("baseline").GetProperty("summary")[0].GetProperty("scores").GetProperty("dice").GetProperty("mean").GetDouble() > 0.5);
        Assert.Contains("| all | bright | 6 | 6 |", File.ReadAllText(At("report.md")), StringComparison.Ordinal);
        await ScoreStoredPredictions(package);
    }

    private async Task ScoreStoredPredictions(string package)
    {
        string[] both = ["--data", At("data"), "--tolerance", "1=2.5,5=0", "--objects", "true"];
        string[] first = [.. both, "--package", package, "--predictions", At("kept"), "--report", At("first.json"), "--report", At("first.csv")];
        string[] again = [.. both, "--from-predictions", At("kept"), "--report", At("again.json"), "--report", At("again.csv")];
        Assert.Equal(0, await Run(EvaluateVerb.Create(), first));
        Assert.Equal(0, await Run(EvaluateVerb.Create(), again));
        Assert.Equal(File.ReadAllText(At("first.json")), File.ReadAllText(At("again.json")));
        Assert.Equal(File.ReadAllText(At("first.csv")), File.ReadAllText(At("again.csv")));
        Assert.Equal(1 + 6 * 2, File.ReadAllLines(At("first.csv")).Length);
        Assert.Empty(new JsonSchemaChecker(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "evaluation.schema.json")))
            .Check(JsonDocument.Parse(File.ReadAllText(At("first.json"))).RootElement));
        // A folder that holds something is not written to, and a list without its data is refused.
        Assert.Equal(2, await Run(EvaluateVerb.Create(), first));
        WriteData("other", 2);
        Assert.Equal(2, await Run(EvaluateVerb.Create(), "--data", At("other"), "--from-predictions", At("kept")));
        Assert.Equal(2, await Run(EvaluateVerb.Create(), [.. again, "--baseline", At("data")]));
        Assert.Equal(2, await Run(EvaluateVerb.Create(), "--data", At("data")));
    }

    [Fact]
    public async Task Train_ResumeOfAnUnfinishedRun_GoesOnFromItsStep()
    {
        WriteData("data", 5);
        TrainOptions options = ToyCases.Options with { Steps = 10, StepsPerEpoch = 5, ValidationCases = 0 };
        WriteConfig(options);
        RunFolder folder = RunFolder.Create(At("run"), options);
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(At("data"));
        DataParts parts = FoldMaker.Make(StratifiedCase.Of(cases, () => { }, CancellationToken.None), options.Folds, options.Seed).Of(cases, options.Fold);
        using (CaseSet training = CaseSet.Load(parts.Training, options, () => { }, CancellationToken.None))
        using (CancellationTokenSource stop = new())
        using (Trainer trainer = new(options, folder))
            Assert.False(trainer.Run(training.Cases, [], progress =>
            {
                if (progress.Step == 6) stop.Cancel();
            }, stop.Token));
        string[] resume = ["--data", At("data"), "--out", At("run"), "--resume"];
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. resume, "--seed", "4"]));
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. resume, "--from", At("run")]));
        WriteConfig(options with { BatchSize = 1 });
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. resume, "--config", At("train.json")]));
        WriteConfig(options);
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. resume, "--config", At("train.json")]));
        byte[] done = File.ReadAllBytes(folder.LastPath);
        Assert.Equal(0, await Run(TrainVerb.Create(), resume));
        Assert.Equal(done, File.ReadAllBytes(folder.LastPath));
        Assert.Equal(["5", "10"], File.ReadAllLines(folder.MetricsPath)[1..].Select(l => l.Split(',')[0]));
    }

    [Fact]
    public async Task Train_ValidatedOnWhatItOrTheRunOfFromLearnsFrom_IsBadInput()
    {
        WriteData("data", 5);
        WriteConfig(ToyCases.Options with { Steps = 1, StepsPerEpoch = 1, ValidationCases = 0 });
        string[] train = ["--data", At("data"), "--config", At("train.json")];
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--validation", Path.Combine(At("data"), "."), "--out", At("shared")]));
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. train, "--out", At("run")]));
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--fold", "1", "--from", At("run"), "--out", At("seen")]));
        Assert.False(File.Exists(Path.Combine(At("seen"), "options.json")));
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. train, "--from", At("run"), "--out", At("unseen")]));
        WriteConfig(ToyCases.Options with { Steps = 1, Data = new DataOptions { Exclude = ["case00"] } });
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--out", At("misspelt")]));
    }

    [Fact]
    public async Task Train_KilledWhileItWroteTheFirstCheckpoint_StartsAgain()
    {
        WriteData("data", 5);
        WriteConfig(ToyCases.Options with { Steps = 1, StepsPerEpoch = 1, ValidationCases = 0 });
        RunFolder left = RunFolder.Create(At("run"), ToyCases.Options);
        File.WriteAllBytes(left.LastPath + ".tmp", [1, 2, 3]);
        File.WriteAllText(left.SplitPath, """{ "folds": [["0"], ["1"]] }""");
        WriteData("held", 1);
        string[] train = ["--data", At("data"), "--validation", At("held"), "--config", At("train.json"), "--out", At("run")];
        Assert.Equal(0, await Run(TrainVerb.Create(), train));
        Assert.True(File.Exists(left.LastPath));
        Assert.False(File.Exists(left.SplitPath));
    }

    [Fact]
    public async Task Train_NoConfigAndNoResume_IsBadInput() =>
        Assert.Equal(2, await Run(TrainVerb.Create(), "--data", At("data"), "--out", At("run")));

    private static Task<int> Run(Command verb, params string[] arguments) => verb.Parse(arguments).InvokeAsync();

    private string At(string name) => Path.Combine(_root, name);

    private void WriteConfig(TrainOptions options) => File.WriteAllText(At("train.json"), JsonSerializer.Serialize(options, SegmentationOptions.Json));

    private void WriteData(string folder, int count) => ToyCases.Write(At(folder), count, n => new GridSize(14 + n, 16, 15));
}
