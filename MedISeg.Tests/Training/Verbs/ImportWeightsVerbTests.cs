using System.CommandLine;
using System.Text.Json;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Tests.Training.Networks;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;
using MedISeg.Training.Verbs;
using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Verbs;

[Collection(TrainingTests.Name)]
public sealed class ImportWeightsVerbTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task ImportTrain_GenesisUNet_RunNamesTheSource()
    {
        TrainOptions options = ToyCases.Options with
        {
            Network = new UNetOptions { Kind = NetworkKind.GenesisUNet }, PatchSize = [8, 8, 8], BatchSize = 1, Steps = 1, StepsPerEpoch = 1, ValidationCases = 0,
        };
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(options, SegmentationOptions.Json));
        WriteData();
        Network network = Network.Of(options.NetworkWithChannels());
        using (NetworkWeights filled = NetworkRuns.Filled(network))
            SafeTensors.Write(At("theirs.pt"), [.. network.Parameters.Where(p => !p.Name.StartsWith("final.", StringComparison.Ordinal))
                .Select(p => ("state_dict.module." + p.Name, p.Shape, (ReadOnlyMemory<float>)filled.Values(p).ToArray()))], new Dictionary<string, string>());

        Assert.Equal(0, await Run(ImportWeightsVerb.Create(), "--weights", At("theirs.pt"), "--config", At("train.json"), "--out", At("encoder.safetensors")));
        string[] train = ["--data", At("data"), "--out", At("run"), "--config", At("train.json"), "--encoder", At("encoder.safetensors")];
        Assert.Equal(0, await Run(TrainVerb.Create(), train));
        Assert.Equal(ExitCodes.BadInput, await Run(TrainVerb.Create(), [.. train, "--resume"]));

        Assert.Equal(PretrainedEncoder.Of(At("encoder.safetensors")), RunFolder.Open(At("run")).ReadOptions().Pretrained);
    }

    [Fact]
    public async Task Export_RunOfAPretrainedEncoder_PackageNamesTheSource()
    {
        PretrainedEncoder pretrained = new("moco-v2", new string('a', 64));
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(
            ToyCases.Options with { Steps = 1, StepsPerEpoch = 1, ValidationCases = 0, Pretrained = pretrained }, SegmentationOptions.Json));
        WriteData();

        Assert.Equal(0, await Run(TrainVerb.Create(), "--data", At("data"), "--out", At("run"), "--config", At("train.json")));
        Assert.Equal(0, await Run(ExportVerb.Create(), "--run", At("run"), "--out", At("models"), "--name", "blocks"));

        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(At("models"), "blocks", "1", "model.json")));
        JsonElement training = manifest.RootElement.GetProperty("training");
        Assert.Contains("pre-training", training.GetProperty("tricks").EnumerateArray().Select(trick => trick.GetString()));
        Assert.Equal((pretrained.Source, pretrained.Sha256),
            (training.GetProperty("pretrained")[0].GetProperty("source").GetString(), training.GetProperty("pretrained")[0].GetProperty("sha256").GetString()));
    }

    [Fact]
    public async Task Import_FileThatIsNoWeights_IsBadInput()
    {
        File.WriteAllText(At("train.json"), JsonSerializer.Serialize(ToyCases.Options with { Network = new UNetOptions { Kind = NetworkKind.GenesisUNet } }, SegmentationOptions.Json));
        File.WriteAllText(At("theirs.pt"), "no weights");

        Assert.Equal(ExitCodes.BadInput, await Run(ImportWeightsVerb.Create(), "--weights", At("theirs.pt"), "--config", At("train.json"), "--out", At("out")));
        Assert.False(File.Exists(At("out")));
    }

    private string At(string name) => Path.Combine(_root, name);

    private void WriteData() => ToyCases.Write(At("data"), 5, n => new GridSize(9 + n, 11, 10));

    private static Task<int> Run(Command command, params string[] arguments) =>
        command.Parse(arguments).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
}
