using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Export;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Planning;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Planning;

/// <summary>What a plan becomes: options, and networks that learn and export.</summary>
[Collection(TrainingTests.Name)]
public sealed class PlannedTrainingTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Options_CtAndAnotherChannel_NormaliseByTheirNames()
    {
        TrainOptions options = Options(Fingerprints.Alike(20, [1, 1, 1], [36, 50, 35], channels: 2, classes: 3), new PlanOptions
        {
            Inputs = ["CT", "flair"], Classes = new Dictionary<int, string> { [2] = "tumour" }, Task = "kidneys",
        });
        Assert.Equal([new ClipStep(-80, 200, 0), new ZScoreStep(20, 5, Channel: 0), new ZScoreStep(Mask: "whole", Channel: 1)], options.Intensity);
        Assert.Equal(["CT", null], options.Inputs.Select(input => input.Modality));
        Assert.Equal(["background", "label-1", "tumour"], options.Classes.Select(c => c.Name));
        Assert.Equal((250_000, 250, "kidneys"), (options.Steps, options.StepsPerEpoch, options.Task));
        Assert.Equal((OptimiserKind.Sgd, 0.01, 0.99, 3e-5, ScheduleKind.Poly), (options.Optimiser.Kind, options.Optimiser.LearningRate, options.Optimiser.Momentum, options.Optimiser.WeightDecay, options.Optimiser.Schedule));
        Assert.Equal(false, options.Loss.BatchDice);
        // Four levels, so three outputs in nnU-Net, the coarsest of weight 0: 2/3 and 1/3 are left.
        Assert.Equal(2, options.DeepSupervision!.Outputs);
        Assert.Equal([0.666667, 0.333333], options.DeepSupervision.Weights!.Select(weight => Math.Round(weight, 6)));
    }

    [Theory]
    [InlineData("nonorm", null)]
    [InlineData("rescale_0_1", typeof(MinMaxStep))]
    [InlineData("rgb_to_0_1", typeof(MinMaxStep))]
    [InlineData("T2", typeof(ZScoreStep))]
    public void Options_ChannelName_ChoosesTheSteps(string name, Type? step)
    {
        CaseFingerprint small = new([36, 50, 35], [1, 1, 1], 0.5);
        TrainOptions options = Options(Fingerprints.Of([small, small]), new PlanOptions { Inputs = [name] });
        Assert.Equal(step is null ? [] : [step], options.Intensity.Select(s => s.GetType()));
        // More than a quarter is cropped away: zeros do not count.
        if (step == typeof(ZScoreStep)) Assert.Equal("nonzero", ((ZScoreStep)options.Intensity[0]).Mask);
        if (name == "rgb_to_0_1") Assert.Equal(new MinMaxStep(0, 255), options.Intensity[0]);
    }

    [Fact]
    public void Options_WrongNumberOfInputs_IsRefused()
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() => Options(Fingerprints.Alike(5, [1, 1, 1], [36, 50, 35]), new PlanOptions { Inputs = ["a", "b"] }));
        Assert.Contains("2 channels and the images have 1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Options_PlannedNetwork_LearnsWithDeepSupervisionAndExports(bool planar, bool residual)
    {
        int[] shape = planar ? [1, 44, 50] : [11, 42, 34];
        DatasetFingerprint fingerprint = Fingerprints.Alike(6, planar ? [1, 2, 2] : [5, 2, 2], shape);
        TrainOptions options = Options(fingerprint, new PlanOptions { Residual = residual, Steps = 4 });
        Assert.True(options.Network.Features.Count >= 4);
        if (!planar) Assert.Contains(options.Network.Kernels!, kernel => kernel[0] == 1);
        options = options with
        {
            Network = options.Network with { Features = [.. options.Network.Features.Select((_, level) => Math.Min(4 + 2 * level, 8))] },
            Classes = ToyCases.Options.Classes, BatchSize = 2, ValidationCases = 0, Threads = 1,
        };
        (Volume image, LabelMap truth) = ToyCases.Make(1, new GridSize(shape[0], shape[1], shape[2]));
        using TrainingCase one = new CaseLoader(options).Prepare(image, truth, CancellationToken.None);
        RunFolder folder = RunFolder.Create(_root, options);
        List<double> losses = [];
        using (Trainer trainer = new(options, folder))
            Assert.True(trainer.Run([one], [], progress => losses.Add(progress.Loss), CancellationToken.None));
        Assert.Equal(4, losses.Count);
        Assert.All(losses, loss => Assert.InRange(loss, 0.1, 10));

        TrainedMember member = TrainedMember.Read(_root, "last");
        Network network = Network.Of(options.NetworkWithChannels());
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        IReadOnlyDictionary<string, float[]> trained = OnnxFile.ReadWeights(member.Onnx);
        foreach (ParameterInfo parameter in network.Parameters) trained[parameter.Name].CopyTo(weights.Values(parameter));
        ParityResult parity = ParityCheck.Compare(network, weights, member.Onnx, 2, options.Patch());
        Assert.True(parity.Passed, parity.ToString());
    }

    private static TrainOptions Options(DatasetFingerprint fingerprint, PlanOptions options)
    {
        DatasetPlan plan = DatasetPlanner.Plan(fingerprint, options);
        return PlannedTraining.Options(plan, plan.Configurations[^1], fingerprint, options, new DataOptions(), seed: 3);
    }
}
