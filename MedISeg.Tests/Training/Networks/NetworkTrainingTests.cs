using System.Text.Json;
using MedISeg.Tests.Support;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Networks;

/// <summary>Networks while they learn: batch statistics, gradients and dropped channels.</summary>
[Collection(TrainingTests.Name)]
public sealed class NetworkTrainingTests
{
    [Fact]
    public void Step_ResUNet18ByAdam_FollowsThePapersLosses() => Follow(
        new UNetOptions { Kind = NetworkKind.ResUNet18, Dimensionality = 2, InputChannels = 3, Dropout = 0 }, "2d", "train2d_res18_ce_losses", [4, 3, 64, 64],
        new OptimiserOptions { Kind = OptimiserKind.Adam, LearningRate = 3e-4, Beta1 = 0.9, Beta2 = 0.99, WeightDecay = 1e-5, GradientNorm = null });

    [Fact]
    public void Step_GenesisUNetBySgd_FollowsThePapersLosses() => Follow(
        new UNetOptions { Kind = NetworkKind.GenesisUNet, Norm = NormKind.Batch }, "3d", "train3d_unet_ce_losses", [2, 1, 16, 16, 16],
        new OptimiserOptions
        {
            Kind = OptimiserKind.Sgd, LearningRate = 0.01, Momentum = 0.9, Nesterov = false, WeightDecay = 1e-4, GradientNorm = null,
        });

    [Theory]
    [InlineData(NetworkKind.PlainUNet)]
    [InlineData(NetworkKind.ResUNet18)]
    [InlineData(NetworkKind.DenseUNet121)]
    [InlineData(NetworkKind.GenesisUNet)]
    [InlineData(NetworkKind.VitUNetB16)]
    [InlineData(NetworkKind.TransUNet)]
    public void Step_NewNetwork_LowersTheLoss(NetworkKind kind)
    {
        int dimensions = kind == NetworkKind.GenesisUNet ? 3 : 2;
        Network network = Network.Of(new UNetOptions { Kind = kind, Dimensionality = dimensions, Sides = kind.HasPositions() ? [32, 64] : null });
        using NetworkWeights weights = new(network.Parameters, trainable: true);
        weights.Initialise(seed: 3);
        long[] shape = dimensions == 3 ? [2, 1, 8, 16, 8] : [2, 1, 32, 64];
        float[] input = new float[shape.Aggregate(1L, (product, side) => product * side)];
        HashFill.Fill("step", 1, 0, input);
        float[] labels = [.. input.Select(v => v > 0.2f ? 1f : 0f)];
        WeightUpdater updater = new(weights, new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.05, Momentum = 0, Nesterov = false, WeightDecay = 0 });
        double[] losses = [.. Enumerable.Range(0, 2).Select(step => Step(network, weights, updater, input, shape, labels, step, rate: 0.05))];
        Assert.True(losses[1] < losses[0], $"{losses[0]} to {losses[1]}");
    }

    [Fact]
    public void Run_BatchNormInTraining_ChangesRunningStatisticsAndEvaluationDoesNot()
    {
        Network network = Network.Of(new UNetOptions { Kind = NetworkKind.ResUNet18, Dimensionality = 2 });
        using NetworkWeights weights = NetworkRuns.Filled(network);
        ParameterInfo mean = network.Parameters.First(p => p.Name == "resnet.bn1.running_mean");
        float[] before = weights.Values(mean).ToArray(), input = new float[2 * 32 * 64];
        HashFill.Fill("statistics", 1, 3, input);
        NetworkRuns.Torch(network, weights, input, 2, 1, 32, 64);
        Assert.Equal(before, weights.Values(mean).ToArray());
        float[] expected = TorchStep.Run(() =>
        {
            using IDisposable quiet = no_grad();
            Tensor image = NetworkRuns.Image(input, [2, 1, 32, 64]);
            Tensor batch = nn.functional.conv2d(image, weights["resnet.conv1.weight"], null, [2, 2], [3, 3]).mean([0, 2, 3]);
            float[] means = batch.data<float>().ToArray();
            network.Run(new TorchOps(weights, training: true), image);
            GC.KeepAlive(image);
            return means;
        });
        float[] after = weights.Values(mean).ToArray();
        // Momentum 0.1: a tenth of the batch's mean enters.
        for (int n = 0; n < after.Length; n++) Assert.Equal(0.9f * before[n] + 0.1f * expected[n], after[n], 1e-4f);
    }

    [Fact]
    public void DropChannels_Training_DropsWholeChannelsBySeedAndStepAndKeepsTheMean()
    {
        using NetworkWeights none = new([], trainable: false);
        float[] Dropped(int seed, int step) => TorchStep.Run(() =>
        {
            TorchOps ops = new(none, training: true);
            ops.BeginStep(seed, step);
            return ops.DropChannels(ones(20, 500, 2, 3), 0.1).data<float>().ToArray();
        });
        float[] first = Dropped(1, 0);
        for (int n = 0; n < first.Length; n += 6) Assert.Single(first[n..(n + 6)].Distinct());
        Assert.Equal([0f, (float)(1 / 0.9)], first.Distinct().Order());
        Assert.Equal(1, first.Average(), 0.02);
        Assert.Equal(first, Dropped(1, 0));
        Assert.NotEqual(first, Dropped(1, 1));
        Assert.NotEqual(first, Dropped(2, 0));
    }

    [Fact]
    public void DropElements_Training_DropsSingleElementsAndEvaluationNone()
    {
        using NetworkWeights none = new([], trainable: false);
        float[] Dropped(bool training) => TorchStep.Run(() =>
            new TorchOps(none, training).DropElements(ones(3, 50, 70), 0.25).data<float>().ToArray());
        float[] dropped = Dropped(training: true);
        Assert.Equal([0f, (float)(1 / 0.75)], dropped.Distinct().Order());
        Assert.Equal(1, dropped.Average(), 0.03);
        Assert.True(dropped[..70].Distinct().Count() == 2);
        Assert.All(Dropped(training: false), v => Assert.Equal(1, v));
    }

    [Fact]
    public void Initialise_ResUNet50_EncoderByFanOutAndDecoderByPyTorchsRule()
    {
        Network network = Network.Of(new UNetOptions { Kind = NetworkKind.ResUNet50, Dimensionality = 2, InputChannels = 3 });
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.Initialise(seed: 1);
        Assert.Equal(Math.Sqrt(2.0 / (64 * 49)), Deviation("resnet.conv1.weight"), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / 2048), Deviation("resnet.layer4.0.downsample.0.weight"), 1e-4);
        // A uniform number in +-1 / sqrt(fan) has the deviation 1 / sqrt(3 fan).
        Assert.Equal(1 / Math.Sqrt(3.0 * 1024 * 9), Deviation("u5.conv2.conv.weight"), 1e-4);
        Assert.Equal(1 / Math.Sqrt(3.0 * 1024 * 4), Deviation("u5.up.weight"), 1e-4);
        Assert.Equal(1 / Math.Sqrt(3.0 * 1024 * 4), Deviation("u5.up.bias"), 1e-3);
        Assert.All(Values("resnet.layer1.0.bn2.weight"), v => Assert.Equal(1, v));

        float[] Values(string name) => weights.Values(network.Parameters.First(p => p.Name == name)).ToArray();
        double Deviation(string name) => Math.Sqrt(Values(name).Average(v => (double)v * v));
    }

    private static void Follow(UNetOptions options, string golden, string losses, long[] shape, OptimiserOptions optimiser)
    {
        using JsonDocument values = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "nets", $"values_nets{golden}.json")));
        double[] expected = [.. values.RootElement.GetProperty(losses).EnumerateArray().Select(v => v.GetDouble())];
        Network network = Network.Of(options);
        using NetworkWeights weights = NetworkRuns.Filled(network, trainable: true);
        float[] input = new float[shape.Aggregate(1L, (product, side) => product * side)];
        HashFill.Fill($"train{golden}.x", 1, 0, input);
        float[] labels = NpyFile.Golden($"nets/train{golden}_y.npy").ToFloats();
        WeightUpdater updater = new(weights, optimiser);
        for (int step = 0; step < expected.Length; step++)
        {
            double loss = Step(network, weights, updater, input, shape, labels, step, optimiser.LearningRate);
            Assert.Equal(expected[step], loss, 1e-3 * expected[step]);
        }
    }

    private static double Step(
        Network network, NetworkWeights weights, WeightUpdater updater, float[] input, long[] shape, float[] labels, int step, double rate) =>
        TorchStep.Run(() =>
        {
            Tensor image = NetworkRuns.Image(input, shape);
            Tensor classes = NetworkRuns.Image(labels, [shape[0], .. shape[2..]]).to_type(ScalarType.Int64);
            Tensor loss = nn.functional.cross_entropy(network.Run(new TorchOps(weights, training: true), image), classes);
            loss.backward();
            updater.Apply(step + 1, rate);
            double value = loss.item<float>();
            GC.KeepAlive(loss);
            GC.KeepAlive(image);
            return value;
        });
}
