using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Data.Synthetic;
using MedISeg.Training.Gan;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

/// <summary>Data to pairs, pairs to a training, as a user calls it.</summary>
[Collection(TrainingTests.Name)]
public sealed class TrainGanVerbTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task TrainGanThenTrain_Toys_TakesPairsOfThisFoldAlone()
    {
        ToyCases.Write(At("data"), 5, n => new GridSize(14 + n, 16, 15));
        TrainOptions options = ToyCases.Options with
        {
            Steps = 4, StepsPerEpoch = 4, Augmentation = new AugmentationOptions { Synthetic = new SyntheticOptions { Probability = 0.5 } },
        };
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(options, SegmentationOptions.Json));
        GanOptions gan = new()
        {
            Features = [4, 8], DiscriminatorFeatures = [4], Operations = [AugmentationOperation.Flip], BatchSize = 2, Steps = 6, StepsPerEpoch = 3, Pairs = 3, Threads = 1,
        };
        File.WriteAllText(At("gan.json"), JsonSerializer.Serialize(gan, SegmentationOptions.Json));
        string[] make = ["--data", At("data"), "--config", At("train.json"), "--gan", At("gan.json"), "--fold", "1", "--out", At("gan")];
        Assert.Equal(0, await Run(TrainGanVerb.Create(), make));
        Assert.Equal(2, await Run(TrainGanVerb.Create(), make));
        Assert.True(File.Exists(Path.Combine(At("gan"), "examples.png")));
        SyntheticManifest manifest = SyntheticManifest.Read(Path.Combine(At("gan"), "pairs"));
        Assert.Equal((5, 1, 2022, 4), (manifest.Folds, manifest.Fold, manifest.Seed, manifest.Cases.Count));

        string[] train = ["--data", At("data"), "--config", At("train.json"), "--synthetic", Path.Combine(At("gan"), "pairs")];
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train, "--fold", "0", "--out", At("other")]));
        Assert.False(File.Exists(Path.Combine(At("other"), "options.json")));
        Assert.Equal(0, await Run(TrainVerb.Create(), [.. train, "--fold", "1", "--out", At("run")]));
        Assert.Equal(0.5, RunFolder.Open(At("run")).ReadOptions().Augmentation.Synthetic!.Probability);
        Assert.Equal(2, await Run(TrainVerb.Create(), [.. train[..4], "--fold", "1", "--out", At("without")]));
    }

    [Fact]
    public async Task TrainGan_ResumeOfAFinishedRun_WritesThePairsAgain()
    {
        ToyCases.Write(At("data"), 5, _ => new GridSize(10, 11, 12));
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(ToyCases.Options, SegmentationOptions.Json));
        File.WriteAllText(At("gan.json"), """{ "features": [4, 8], "discriminatorFeatures": [4], "batchSize": 2, "steps": 2, "pairs": 3, "threads": 1 }""");
        Assert.Equal(2, await Run(TrainGanVerb.Create(), "--data", At("data"), "--out", At("gan"), "--resume"));
        Assert.Equal(0, await Run(TrainGanVerb.Create(), "--data", At("data"), "--config", At("train.json"), "--gan", At("gan.json"), "--out", At("gan")));
        string image = Path.Combine(At("gan"), "pairs", "images", "00002.nii.gz");
        byte[] first = File.ReadAllBytes(image);
        File.Delete(image);
        Assert.Equal(0, await Run(TrainGanVerb.Create(), "--data", At("data"), "--out", At("gan"), "--resume"));
        Assert.Equal(first, File.ReadAllBytes(image));
        ToyCases.Write(At("more"), 6, _ => new GridSize(10, 11, 12));
        Assert.Equal(2, await Run(TrainGanVerb.Create(), "--data", At("more"), "--out", At("gan"), "--resume"));
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--pairs", "0")]
    [InlineData("--threads", "-1")]
    public async Task TrainGan_ValueOutOfRange_IsBadInputAndTheFolderStaysFree(string option, string value)
    {
        ToyCases.Write(At("data"), 5, _ => new GridSize(10, 11, 12));
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(ToyCases.Options, SegmentationOptions.Json));
        File.WriteAllText(At("gan.json"), """{ "features": [4, 8], "discriminatorFeatures": [4], "batchSize": 2, "steps": 2, "pairs": 3, "threads": 1 }""");
        Assert.Equal(2, await Run(TrainGanVerb.Create(), "--data", At("data"), "--config", At("train.json"), "--gan", At("gan.json"), "--out", At("gan"), option, value));
        Assert.False(File.Exists(Path.Combine(At("gan"), "options.json")));
    }

    [Fact]
    public void Create_FolderOfARunWithoutCheckpoint_MayBeTakenAgain()
    {
        SyntheticManifest manifest = new() { SchemaVersion = 1, Folds = 5, Fold = 0, Seed = 1, Cases = ["0001"] };
        GanFolder.Create(At("gan"), ToyCases.Options, new GanOptions(), manifest);
        GanFolder again = GanFolder.Create(At("gan"), ToyCases.Options, new GanOptions { Pairs = 7 }, manifest);
        Assert.Equal(7, again.ReadOptions().Gan.Pairs);
    }

    [Fact]
    public async Task TrainGan_NoConfigAndNoResume_IsBadInput() =>
        Assert.Equal(2, await Run(TrainGanVerb.Create(), "--data", At("data"), "--out", At("gan")));

    private static Task<int> Run(Command verb, params string[] arguments) => verb.Parse(arguments).InvokeAsync();

    private string At(string name) => Path.Combine(_root, name);
}
