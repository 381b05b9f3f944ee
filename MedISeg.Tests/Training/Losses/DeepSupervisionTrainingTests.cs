using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;
using MedISeg.Training.Export;
using MedISeg.Training.Export.Generated;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Losses;

[Collection(TrainingTests.Name)]
public sealed class DeepSupervisionTrainingTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();
    private readonly TrainingCase _case = ToyCases.Case(1, new GridSize(16, 16, 16));

    private static TrainOptions Options { get; } = ToyCases.Options with
    {
        Network = new UNetOptions { Features = [4, 6, 8], Convolutions = [1], Strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2]] },
        PatchSize = [8, 12, 16], Steps = 8, StepsPerEpoch = 8, ValidationCases = 0, DeepSupervision = new DeepSupervisionOptions(),
    };

    public void Dispose()
    {
        _case.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(DefectMode.Fixed)]
    [InlineData(DefectMode.Compat)]
    public void Run_ThreeLevels_SumsThreeLossesThatFall(DefectMode mode)
    {
        TrainOptions options = Options with { Steps = 60, StepsPerEpoch = 60, DeepSupervision = new DeepSupervisionOptions { Mode = mode } };
        List<double> deep = Train("deep", options), plain = Train("plain", options with { DeepSupervision = null });
        Assert.InRange(deep[0], 2 * plain[0], 4 * plain[0]);
        Assert.True(deep[^10..].Average() < 0.7 * deep[..5].Average(), $"{deep[..5].Average()} to {deep[^10..].Average()}");
    }

    [Fact]
    public void Run_OnlyTheFullOutputCounts_GivesTheWeightsOfATrainingWithoutIt()
    {
        Train("deep", Options with { DeepSupervision = new DeepSupervisionOptions { Weights = [1, 0, 0] } });
        Train("plain", Options with { DeepSupervision = null });
        Assert.Equal(Tensors("plain"), Tensors("deep").Where(pair => !pair.Key.Contains("seg", StringComparison.Ordinal)).ToDictionary());
    }

    [Fact]
    public void Run_ExtraOutputs_ChangeTheDeepestLevelAndTheirOwnWeights()
    {
        Train("one", Options with { Steps = 1 });
        Train("two", Options with { Steps = 2 });
        Dictionary<string, float[]> one = Tensors("one"), two = Tensors("two");
        Assert.Equal((18, 24), (one["weights.seg1.weight"].Length, one["weights.seg2.weight"].Length));
        foreach (string name in (string[])["seg1.weight", "seg2.weight", "seg2.bias", "encoder.2.conv0.weight"])
            Assert.NotEqual(one["weights." + name], two["weights." + name]);
    }

    [Fact]
    public void Resume_StoppedHalfWay_EndsWithTheSameBits()
    {
        Train("whole", Options);
        Train("parts", Options, stopAfter: 3);
        RunFolder folder = RunFolder.Open(Path.Combine(_root, "parts"));
        using (Trainer resumed = new(folder.ReadOptions(), folder))
        {
            resumed.Resume();
            Assert.Equal(3, resumed.StepsDone);
            Assert.True(resumed.Run([_case], [], _ => { }, CancellationToken.None));
        }
        Assert.Equal(Tensors("whole"), Tensors("parts"));
    }

    [Fact]
    public void StartFrom_RunWithoutIt_TakesTheNetworksWeightsAndStartsTheOutputsAnew()
    {
        Train("plain", Options with { DeepSupervision = null });
        using Trainer trainer = new(Options with { Seed = 9 }, RunFolder.Create(Path.Combine(_root, "next"), Options));
        ParameterInfo side = trainer.Result.Parameters.Single(p => p.Name == "seg2.weight");
        float[] fresh = trainer.Result.Values(side).ToArray();
        trainer.StartFrom(RunFolder.Open(Path.Combine(_root, "plain")));
        Assert.Equal(Tensors("plain")["weights.head.weight"], trainer.Result.Values(trainer.Result.Parameters.Single(p => p.Name == "head.weight")).ToArray());
        Assert.Equal(fresh, trainer.Result.Values(side).ToArray());
        Assert.Contains(fresh, value => value != 0);
    }

    [Fact]
    public void Export_TrainedWithExtraOutputs_HasTheFullOutputOnly()
    {
        Train("deep", Options);
        TrainedMember member = TrainedMember.Read(Path.Combine(_root, "deep"), "last");
        Assert.DoesNotContain(OnnxFile.ReadWeights(member.Onnx).Keys, name => name.Contains("side", StringComparison.Ordinal));
        Assert.Equal("logits", ModelProto.Parser.ParseFrom(member.Onnx).Graph.Output.Single().Name);
    }

    [Theory]
    [InlineData("""{"outputs":4}""", "deepSupervision.outputs", "2..3")]
    [InlineData("""{"outputs":1}""", "deepSupervision.outputs", "2")]
    [InlineData("""{"weights":[1,1]}""", "deepSupervision.weights", "3 numbers")]
    [InlineData("""{"weights":[0,0,0]}""", "deepSupervision.weights", "above 0")]
    [InlineData("""{"labels":"linear"}""", "deepSupervision.labels", "nearest")]
    [InlineData("""{"labels":"max","mode":"compat"}""", "deepSupervision.labels", "leave this key out")]
    [InlineData("""{"heads":2}""", "deepSupervision.heads", "not known")]
    public void Parse_FaultyOptions_NamesTheKeyAndWhatIsAllowed(string deep, string key, string allowed)
    {
        JsonNode options = JsonSerializer.SerializeToNode(Options, SegmentationOptions.Json)!;
        options["deepSupervision"] = JsonNode.Parse(deep);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse(options.ToJsonString()));
        KeyError error = Assert.Single(fault.Errors);
        Assert.Equal((ErrorCode.InvalidOption, key), (fault.Code, error.Key));
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MoreOutputsThanTheNetworkEnlarges_IsRefused()
    {
        UNet network = new(Options.NetworkWithChannels());
        SegmentationException fault = Assert.Throws<SegmentationException>(() => SideHeads.Of(network, 3, Options.Patch()));
        Assert.Equal("deepSupervision.outputs", Assert.Single(fault.Errors).Key);
        Assert.Contains("at most 3", fault.Message, StringComparison.Ordinal);
    }

    private List<double> Train(string name, TrainOptions options, int? stopAfter = null)
    {
        List<double> losses = [];
        using CancellationTokenSource stop = new();
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, name), options));
        trainer.Run([_case], [], progress =>
        {
            losses.Add(progress.Loss);
            if (progress.Step == stopAfter) stop.Cancel();
        }, stop.Token);
        return losses;
    }

    /// <summary>Weights of the newest checkpoint by name.</summary>
    private Dictionary<string, float[]> Tensors(string name) =>
        SafeTensors.Read(RunFolder.Open(Path.Combine(_root, name)).LastPath).Tensors
            .Where(pair => pair.Key.StartsWith("weights.", StringComparison.Ordinal)).ToDictionary();
}
