using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;

namespace MedISeg.Tests.Training.Verbs;

[Collection(TrainingTests.Name)]
public sealed class PrepareVerbTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task PrepareThenTrain_Toys_EndsWithTheWeightsOfATrainingWithoutACache()
    {
        ToyCases.Write(At("data"), 4, n => new GridSize(9 + n, 10, 12));
        TrainOptions options = ToyCases.Options with
        {
            Steps = 6, StepsPerEpoch = 3, Folds = 2, ValidationCases = 2, Intensity = [], Preparation = new PreparationOptions { IntesNorm = IntensityScheme.Foreground },
        };
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(options, SegmentationOptions.Json));
        string[] common = ["--data", At("data"), "--config", At("train.json"), "--fold", "1"];
        Assert.Equal(0, await PrepareVerb.Create().Parse([.. common, "--out", At("cache")]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
        string[] prepared = Directory.GetFiles(At("cache"));
        Assert.Equal(4, prepared.Length);
        DateTime[] times = [.. prepared.Select(File.GetLastWriteTimeUtc)];
        byte[] bytes = File.ReadAllBytes(prepared[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(prepared[0], bytes);

        Assert.Equal(0, await Train(common, "cached", "--cache", At("cache")));
        Assert.Equal(0, await Train(common, "plain"));
        Assert.Equal(File.ReadAllBytes(At("plain", "checkpoints", "last.safetensors")), File.ReadAllBytes(At("cached", "checkpoints", "last.safetensors")));
        Assert.Equal(prepared, Directory.GetFiles(At("cache")));
        Assert.Equal(times[1..], prepared[1..].Select(File.GetLastWriteTimeUtc));
        bytes[^1] ^= 1;
        Assert.Equal(bytes, File.ReadAllBytes(prepared[0]));

        // Of the first epoch: the loader runs ahead, and may have nothing left to do in the last one.
        string[][] lines = [.. File.ReadLines(At("cached", "metrics.csv")).Select(line => line.Split(','))];
        Assert.Equal(["step_seconds", "loader_busy_seconds", "loader_wait_seconds", "validation_seconds"], lines[0][9..]);
        double[] seconds = [.. lines[1][9..].Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.All(seconds, value => Assert.True(value > 0, string.Join(' ', seconds)));
        Assert.True(seconds[2] < seconds[0], string.Join(' ', seconds));
    }

    [Fact]
    public async Task Prepare_NoConfig_IsBadInput() =>
        Assert.Equal(2, await PrepareVerb.Create().Parse(["--data", At("data"), "--out", At("cache")]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));

    private Task<int> Train(string[] common, string run, params string[] more) =>
        TrainVerb.Create().Parse([.. common, "--out", At(run), .. more]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

    private string At(params string[] names) => Path.Combine([_root.Path, .. names]);
}
