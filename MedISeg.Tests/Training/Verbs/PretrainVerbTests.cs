using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Networks;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;
using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Verbs;

[Collection(TrainingTests.Name)]
public sealed class PretrainVerbTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task PretrainTrain_GenesisOfAFolderWithoutLabels_RunNamesMethodAndImages()
    {
        WriteData();
        Directory.Delete(Path.Combine(At("data"), "labels"), recursive: true);
        Write("train.json", Training);
        Write("pretrain.json", new PretrainOptions { BatchSize = 2, Steps = 9, StepsPerEpoch = 2 });

        Assert.Equal(0, await Run(PretrainVerb.Create(), [.. Pretrain, "--settings", At("pretrain.json"), "--method", "models-genesis", "--steps", "3", "--seed", "5"]));
        Assert.Equal(ExitCodes.BadInput, await Run(PretrainVerb.Create(), Pretrain));
        ToyCases.Write(At("labelled"), 5, n => new GridSize(9 + n, 11, 10));
        Assert.Equal(0, await Run(TrainVerb.Create(), "--data", At("labelled"), "--out", At("run"), "--config", At("train.json"), "--encoder", Encoder));

        Assert.Equal((3, 5), (PretrainRun.Open(At("pre")).Options.Steps, PretrainRun.Open(At("pre")).Options.Seed));
        PretrainedEncoder stored = RunFolder.Open(At("run")).ReadOptions().Pretrained!;
        Assert.Equal(("pretrain:models-genesis", 5), (stored.Source, stored.Images));
        Assert.Equal(PretrainedEncoder.Of(Encoder), stored);
        Assert.Equal(0, await Run(ExportVerb.Create(), "--run", At("run"), "--out", At("models"), "--name", "blocks"));
        Assert.Contains("pretrain:models-genesis", File.ReadAllText(Path.Combine(At("models"), "blocks", "1", "model.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void WarningOf_EncoderThatLearnedFromHeldOutImages_NamesThem()
    {
        WriteData();
        IReadOnlyList<DatasetCase> cases = DatasetFolder.List(At("data"));
        PretrainRun.Create(At("pre"), new PretrainOptions(), Training, cases.Take(3));
        string warning = PretrainRun.WarningOf(Encoder, [.. cases.Skip(2)])!;
        Assert.Contains($"1 of the 3 cases that this training is validated or tested on: {cases[2].Name}.", warning, StringComparison.Ordinal);
        Assert.Null(PretrainRun.WarningOf(Encoder, [.. cases.Skip(3)]));
        Assert.Null(PretrainRun.WarningOf(At("elsewhere.safetensors"), cases));
    }

    [Fact]
    public async Task Pretrain_ResumeOfAnUnfinishedRun_GoesOnAndWritesTheEncoder()
    {
        WriteData();
        PretrainOptions options = new() { Method = PretrainMethod.SimClr, BatchSize = 2, Steps = 4, StepsPerEpoch = 2, Contrast = new ContrastOptions { Projection = 4 } };
        // The run left one of the five images out; resumed, it must not see it either.
        DatasetCase[] cases = [.. DatasetFolder.List(At("data")).Take(4).Select(one => one with { Labels = null })];
        RunFolder folder = PretrainRun.Create(At("pre"), options, Training, cases);
        using (CaseSet images = CaseSet.Load(cases, Training, () => { }, CancellationToken.None))
        using (CancellationTokenSource stop = new())
        using (Pretrainer trainer = new(options, Training, folder))
            Assert.False(trainer.Run(images.Cases, progress =>
            {
                if (progress.Step == 3) stop.Cancel();
            }, stop.Token));
        Assert.False(File.Exists(Encoder));
        Assert.Equal(0, await Run(PretrainVerb.Create(), "--data", At("data"), "--out", At("pre"), "--resume"));
        Assert.Equal(["2", "4"], File.ReadAllLines(folder.MetricsPath)[1..].Select(l => l.Split(',')[0]));
        Assert.Equal(("pretrain:simclr", 4), (PretrainedEncoder.Of(Encoder).Source, PretrainedEncoder.Of(Encoder).Images));
        File.Delete(Path.Combine(At("data"), "images", "1.nii.gz"));
        Assert.Equal(ExitCodes.BadInput, await Run(PretrainVerb.Create(), "--data", At("data"), "--out", At("pre"), "--resume"));
    }

    [Theory]
    [InlineData("--method", "mae", ExitCodes.BadInput)]
    [InlineData("--method", "byol", 1)]
    [InlineData("--settings", "nowhere.json", ExitCodes.BadInput)]
    [InlineData("--fold", "0", ExitCodes.BadInput)]
    [InlineData("--steps", "0", ExitCodes.BadInput)]
    [InlineData("--threads", "-1", ExitCodes.BadInput)]
    public async Task Pretrain_FaultyCall_EndsWithItsExitCode(string option, string value, int code)
    {
        WriteData();
        Write("train.json", Training);
        Assert.Equal(code, await Run(PretrainVerb.Create(), [.. Pretrain, option, value]));
        Assert.False(File.Exists(Encoder));
    }

    [Fact]
    public async Task Pretrain_FolderThatAnotherProcessWorksIn_IsBadInput()
    {
        WriteData();
        Write("train.json", Training);
        using IDisposable other = RunLock.Take(At("pre"));
        Assert.Equal(ExitCodes.BadInput, await Run(PretrainVerb.Create(), [.. Pretrain, "--steps", "1"]));
        Assert.False(File.Exists(Encoder));
    }

    [Fact]
    public async Task Train_NoStep_IsBadInput()
    {
        ToyCases.Write(At("data"), 5, n => new GridSize(9 + n, 11, 10));
        Write("train.json", Training);
        Assert.Equal(ExitCodes.BadInput, await Run(TrainVerb.Create(), [.. Pretrain, "--steps", "0"]));
    }

    [Fact]
    public void Without_TestSetAndFold_LeavesTheirGroupsOut()
    {
        DatasetCase[] cases = [.. "abcdef".Select(name => new DatasetCase(name.ToString(), ["x"], null) { Group = name is 'e' or 'a' ? "patient" : name.ToString() })];
        DataSplit split = new(["a"], [["b", "c"], ["d"]]);
        Assert.Equal("bcdf", string.Concat(split.Without(cases, null).Select(one => one.Name)));
        Assert.Equal("df", string.Concat(split.Without(cases, 0).Select(one => one.Name)));
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => split.Without(cases, 2)).Code);
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => split.Without(cases[..1], null)).Code);
    }

    [Fact]
    public void ParseOptions_Example_IsValid()
    {
        PretrainOptions options = PretrainRun.ReadOptions(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "pretrain.json"));
        Assert.Equal((PretrainMethod.SimClr, 32, 0.3), (options.Method, options.BatchSize, options.Contrast.SmallestView));
    }

    [Fact]
    public void ParseOptions_WrittenOptions_AreTheSame()
    {
        string json = JsonSerializer.Serialize(new PretrainOptions(), SegmentationOptions.Json);
        Assert.Equal(json, JsonSerializer.Serialize(PretrainRun.ParseOptions(json), SegmentationOptions.Json));
    }

    [Theory]
    [InlineData("""{ "method": "byol" }""", "method", "moco-v2")]
    [InlineData("""{ "masking": { "share": 1 } }""", "masking.share", "1")]
    [InlineData("""{ "method": "simclr", "batchSize": 1 }""", "batchSize", "at least 2")]
    [InlineData("""{ "method": "moco-v2", "batchSize": 3 }""", "contrast.queue", "multiple")]
    [InlineData("""{ "masking": { "decoderWidth": 20 } }""", "masking.decoderWidth", "decoderHeads")]
    [InlineData("""{ "optimiser": { "schedule": "plateau" } }""", "optimiser.schedule", "another schedule")]
    public void ParseOptions_FaultyValue_NamesTheKeyAndWhatIsAllowed(string json, string key, string allowed)
    {
        KeyError error = Assert.Single(Assert.Throws<SegmentationException>(() => PretrainRun.ParseOptions(json)).Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    private static TrainOptions Training => ToyCases.Options with
    {
        Intensity = [new ClipStep(-100, 100), new MinMaxStep(-100, 100)], ValidationCases = 0, Steps = 1, StepsPerEpoch = 1,
        Network = new UNetOptions { Features = [4, 8], Convolutions = [1] },
    };

    private string[] Pretrain => ["--data", At("data"), "--config", At("train.json"), "--out", At("pre")];

    private string Encoder => Path.Combine(At("pre"), "encoder.safetensors");

    private string At(string name) => Path.Combine(_root, name);

    private void Write<T>(string name, T options) => File.WriteAllText(At(name), JsonSerializer.Serialize(options, SegmentationOptions.Json));

    private void WriteData() => ToyCases.Write(At("data"), 5, n => new GridSize(9 + n, 11, 10));

    private static Task<int> Run(Command command, params string[] arguments) =>
        command.Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
}
