using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Pretraining;
using MedISeg.Training.Trainers;
using MedISeg.Training.Weights;

namespace MedISeg.Tests.Training.Pretraining;

[Collection(TrainingTests.Name)]
public sealed class PretrainerTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();
    private readonly TrainingCase[] _blocks = [.. Enumerable.Range(0, 6).Select(n => Blocks(n, new GridSize(11, 18 + n, 16)))];
    private readonly TrainingCase[] _stripes = [.. Enumerable.Range(0, 12).Select(Stripes)];

    public void Dispose()
    {
        foreach (TrainingCase image in _blocks.Concat(_stripes)) image.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(PretrainMethod.ModelsGenesis, 3, 0.6)]
    [InlineData(PretrainMethod.SimClr, 2, 0.8)]
    [InlineData(PretrainMethod.SimClr, 3, 0.8)]
    [InlineData(PretrainMethod.MocoV2, 2, 0.9)]
    public void Run_ToySteps_LossFallsAndTheTrainingStartsFromIt(PretrainMethod method, int dimensions, double share)
    {
        List<double> losses = [];
        TrainingCase[] images = method == PretrainMethod.ModelsGenesis ? _blocks : _stripes;
        TrainOptions training = Training(dimensions) with { Network = Training(dimensions).Network with { Norm = NormKind.Batch } };
        using Pretrainer trainer = new(Options(method) with { Steps = 60, StepsPerEpoch = 25 }, training, Folder("run", method, training));
        Assert.True(trainer.Run(images, progress => losses.Add(progress.Loss), CancellationToken.None));
        // The first steps of MoCo are told apart from random keys, which is easy.
        int first = method == PretrainMethod.MocoV2 ? 12 : 0;
        Assert.True(losses[^10..].Average() < share * losses[first..(first + 10)].Average(), string.Join(" ", losses.Select(l => l.ToString("F3"))));
        Assert.Equal(["step", "25", "50", "60"], File.ReadAllLines(Path.Combine(_root, "run", "metrics.csv")).Select(l => l.Split(',')[0]));

        string file = Path.Combine(_root, "encoder.safetensors");
        PretrainedEncoder written = trainer.WriteEncoder(file, 6);
        Assert.Equal(written, PretrainedEncoder.Of(file));
        Assert.Equal(6, written.Images);
        using Trainer next = new(training, RunFolder.Create(Path.Combine(_root, "next"), training));
        float[][] seeded = [.. next.Result.Parameters.Select(p => next.Result.Values(p).ToArray())];
        next.StartFromEncoder(file);
        for (int n = 0; n < seeded.Length; n++)
        {
            ParameterInfo parameter = next.Result.Parameters[n];
            bool taken = parameter.Name.StartsWith("encoder.", StringComparison.Ordinal)
                || (method == PretrainMethod.ModelsGenesis && !parameter.Name.StartsWith("head.", StringComparison.Ordinal));
            ReadOnlySpan<float> expected = taken ? trainer.Weights.Values(trainer.Weights.Parameters.Single(p => p.Name == parameter.Name)) : seeded[n];
            Assert.True(expected.SequenceEqual(next.Result.Values(parameter)), parameter.Name);
        }
    }

    [Theory]
    [InlineData(PretrainMethod.ModelsGenesis)]
    [InlineData(PretrainMethod.SimClr)]
    [InlineData(PretrainMethod.MocoV2)]
    public void Resume_StoppedInMidEpoch_EndsWithTheSameBits(PretrainMethod method)
    {
        TrainOptions training = Training(2) with { Network = Training(2).Network with { Norm = NormKind.Batch } };
        PretrainOptions options = Options(method) with { Steps = 7, StepsPerEpoch = 3 };
        using Pretrainer whole = new(options, training, Folder("whole", method, training));
        Assert.True(whole.Run(_blocks, _ => { }, CancellationToken.None));
        RunFolder folder = PretrainRun.Create(Path.Combine(_root, "parts"), options, training);
        using (CancellationTokenSource stop = new())
        using (Pretrainer first = new(options, training, folder))
            Assert.False(first.Run(_blocks, progress =>
            {
                if (progress.Step == 4) stop.Cancel();
            }, stop.Token));
        (_, PretrainOptions stored, TrainOptions storedTraining) = PretrainRun.Open(folder.Root);
        using Pretrainer resumed = new(stored, storedTraining, folder);
        resumed.Resume();
        Assert.Equal(4, resumed.StepsDone);
        Assert.True(resumed.Run(_blocks, _ => { }, CancellationToken.None));
        foreach (ParameterInfo parameter in whole.Weights.Parameters)
            Assert.True(whole.Weights.Values(parameter).SequenceEqual(resumed.Weights.Values(parameter)), parameter.Name);
        Assert.Equal(["3", "6", "7"], File.ReadAllLines(folder.MetricsPath)[1..].Select(l => l.Split(',')[0]));
    }

    [Fact]
    public void End_MocoSteps_KeysReplaceTheOldestAndTheCopyFollowsSlowly()
    {
        TrainOptions training = Training(2);
        PretrainOptions options = Options(PretrainMethod.MocoV2) with { BatchSize = 2, Contrast = new ContrastOptions { Queue = 6, Projection = 4, Momentum = 0.9 } };
        Network network = Network.Of(PretrainOptions.NetworkOf(training));
        using MocoTask task = new(options, network, training.Patch());
        using NetworkWeights weights = new(task.Parameters, trainable: true);
        weights.Initialise(1);
        task.Begin(weights);
        float[] start = task.Queue.ToArray();
        Assert.All(start.Chunk(4), key => Assert.Equal(1, key.Sum(v => v * v), 1e-5));

        ParameterInfo kernel = task.Parameters[0];
        float before = weights.Values(kernel)[3];
        weights.Values(kernel)[3] = before + 1;
        // Step 4 is the fifth batch of two: it wraps round to the second pair of six keys.
        task.Fill(_blocks, 4);
        MedISeg.Training.Runtime.TorchStep.Run(() => { task.Loss(new TorchOps(weights, training: true)); });
        Assert.Equal(start, task.Queue.ToArray());
        task.End(4);

        Assert.Equal(before + 0.1f, task.Memory.Values(kernel)[3], 1e-5);
        float[] queue = task.Queue.ToArray();
        Assert.Equal(start[..8], queue[..8]);
        Assert.Equal(start[16..], queue[16..]);
        Assert.All(queue[8..16].Chunk(4).Zip(start[8..16].Chunk(4)), pair =>
        {
            Assert.NotEqual(pair.Second, pair.First);
            Assert.Equal(1, pair.First.Sum(v => v * v), 1e-5);
        });
    }

    [Fact]
    public void Run_GenesisOutsideOfZeroToOne_SaysHowToMendIt()
    {
        using TrainingCase image = ToyCases.Case(1, new GridSize(9, 10, 11));
        using Pretrainer trainer = new(Options(PretrainMethod.ModelsGenesis), Training(3), Folder("run", PretrainMethod.ModelsGenesis, Training(3)));
        SegmentationException fault = Assert.Throws<SegmentationException>(() => trainer.Run([image], _ => { }, CancellationToken.None));
        Assert.Contains("min-max", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PretrainMethod.Mae, NetworkKind.UNet, "vit-u-net-b-16")]
    [InlineData(PretrainMethod.SimClr, NetworkKind.PlainUNet, "res-u-net")]
    public void Constructor_MethodThatDoesNotFitTheNetwork_NamesThoseThatDo(PretrainMethod method, NetworkKind kind, string named)
    {
        TrainOptions training = kind == NetworkKind.UNet ? Training(2)
            : Training(2) with { Network = new UNetOptions { Kind = kind, Dimensionality = 2 }, PatchSize = [16, 16] };
        SegmentationException fault = Assert.Throws<SegmentationException>(() => new Pretrainer(Options(method), training, Folder("run", method, training)));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Run_MaskedVisionTransformer_LossFallsAndTheTrainingStartsFromIt()
    {
        List<double> losses = [];
        TrainOptions training = Training(2) with { Network = new UNetOptions { Kind = NetworkKind.VitUNetB16, Dimensionality = 2 }, PatchSize = [32, 48] };
        PretrainOptions options = Options(PretrainMethod.Mae) with
        {
            Steps = 12, StepsPerEpoch = 12, BatchSize = 2, Masking = new MaskingOptions { DecoderWidth = 32, DecoderDepth = 1, DecoderHeads = 4, NormalisedPixels = false },
            Optimiser = new OptimiserOptions { LearningRate = 3e-4 },
        };
        using Pretrainer trainer = new(options, training, Folder("run", PretrainMethod.Mae, training));
        Assert.True(trainer.Run(_blocks, progress => losses.Add(progress.Loss), CancellationToken.None));
        Assert.True(losses[^3..].Average() < 0.8 * losses[..3].Average(), string.Join(" ", losses));
        string file = Path.Combine(_root, "encoder.safetensors");
        trainer.WriteEncoder(file, _blocks.Length);
        using NetworkWeights weights = new(Network.Of(training.NetworkWithChannels()).Parameters, trainable: false);
        PretrainedEncoder.Load(file, Network.Of(training.NetworkWithChannels()), weights);
        foreach (ParameterInfo parameter in weights.Parameters.Where(p => p.Name.StartsWith("transformer.", StringComparison.Ordinal)))
            Assert.True(trainer.Weights.Values(parameter).SequenceEqual(weights.Values(parameter)), parameter.Name);
    }

    private static TrainOptions Training(int dimensions) => ToyCases.Options with
    {
        Intensity = [new ClipStep(-100, 100), new MinMaxStep(-100, 100)], ValidationCases = 0,
        Network = new UNetOptions { Features = [8, 16], Convolutions = [1], Dimensionality = dimensions },
        PatchSize = dimensions == 3 ? [8, 12, 16] : [12, 16],
    };

    private static PretrainOptions Options(PretrainMethod method) => new()
    {
        Method = method, BatchSize = 4, Optimiser = new OptimiserOptions { LearningRate = 0.01, WeightDecay = 0 },
        Contrast = new ContrastOptions { Projection = 16, Queue = 8, Momentum = 0.9 },
    };

    private static TrainingCase Blocks(int seed, GridSize grid)
    {
        (Volume image, _) = ToyCases.Make(seed, grid);
        float[] values = [.. image.ToFloats(0).Select(hu => Math.Clamp(hu / 200 + 0.5f, 0, 1))];
        return new TrainingCase(image.Geometry, [values], new byte[values.Length], 1);
    }

    /// <summary>Waves of another direction and length in each image, so that their views can be told apart.</summary>
    private static TrainingCase Stripes(int number)
    {
        GridSize grid = new(11, 18, 16);
        double across = 0.3 + 0.5 * (number % 4), down = 0.3 + 0.6 * (number / 4);
        float[] values = [.. Enumerable.Range(0, (int)grid.VoxelCount).Select(n =>
            (float)(0.5 + 0.25 * Math.Sin(across * (n % 16)) + 0.25 * Math.Sin(down * (n / 16 % 18 + n / 288))))];
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 2, 2)), [values], new byte[values.Length], 1);
    }

    private RunFolder Folder(string name, PretrainMethod method, TrainOptions training) =>
        PretrainRun.Create(Path.Combine(_root, name), Options(method), training);
}
