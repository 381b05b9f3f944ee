using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Export;
using MedISeg.Training.Losses;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Trainers;

[Collection(TrainingTests.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();
    private readonly TrainingCase _case = ToyCases.Case(1, new GridSize(16, 16, 16));

    public void Dispose()
    {
        _case.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Run_ToySteps_LossFallsAndTheValidationScoreRises()
    {
        List<TrainProgress> heard = [];
        TrainOptions options = ToyCases.Options with { Steps = 120, StepsPerEpoch = 40 };
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, "run"), options));
        Assert.True(trainer.Run([_case], [_case], heard.Add, CancellationToken.None));
        Assert.Equal(120, heard.Count);
        Assert.True(heard[^10..].Average(p => p.Loss) < 0.6 * heard[..10].Average(p => p.Loss), $"{heard[0].Loss} to {heard[^1].Loss}");
        Assert.Equal([40, 80, 120], heard.Where(p => p.Epoch is not null).Select(p => p.Epoch!.Step));
        Assert.True(trainer.BestScore > 0.7, $"{trainer.BestScore}");
        string[] lines = File.ReadAllLines(Path.Combine(_root, "run", "metrics.csv"));
        Assert.Equal(["40", "80", "120"], lines[1..].Select(l => l.Split(',')[0]));
        Assert.True(File.Exists(Path.Combine(_root, "run", "checkpoints", "best.safetensors")));
    }

    [Fact]
    public void Run_Bfloat16_ReachesTheScoreOfFloat32AndIsScoredInFloat32()
    {
        TrainOptions options = ToyCases.Options with { Steps = 120, StepsPerEpoch = 120, Network = ToyCases.Options.Network with { Norm = NormKind.Batch } };
        double[] scores = [.. new[] { Precision.Full, Precision.Bfloat16 }.Select(precision =>
        {
            TrainOptions chosen = options with { Precision = precision };
            using Trainer trainer = new(chosen, RunFolder.Create(Path.Combine(_root, $"{precision}"), chosen));
            trainer.Run([_case], [_case], _ => { }, CancellationToken.None);
            using CaseScorer scorer = new(Network.Of(options.NetworkWithChannels()), trainer.Result, options.Patch());
            Assert.Equal(scorer.Score(_case, CancellationToken.None).Average(), trainer.BestScore, 1e-12);
            return trainer.BestScore;
        })];
        Assert.True(scores[0] > 0.7, $"{scores[0]}");
        Assert.Equal(scores[0], scores[1], 0.03);
    }

    [Theory]
    [InlineData(Precision.Full, 2e-6f)]
    [InlineData(Precision.Bfloat16, 1e-3f)]
    public void Run_TwoBatchesOfTwoAccumulated_EqualsABatchOfFour(Precision precision, float tolerance)
    {
        TrainOptions options = ToyCases.Options with
        {
            Precision = precision, Steps = 4, StepsPerEpoch = 4, ValidationCases = 0, BatchSize = 4, Loss = new LossOptions { Dice = 0, CrossEntropy = 1 },
            Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.05, Momentum = 0.9, GradientNorm = 0.5 },
        };
        float[][] large = Train(options, "large", stopAfter: null);
        float[][] parts = Train(options with { BatchSize = 2, Optimiser = options.Optimiser with { Accumulate = 2 } }, "accumulated", stopAfter: null);
        float[][] small = Train(options with { BatchSize = 2 }, "small", stopAfter: null);
        double moved = 0;
        for (int n = 0; n < large.Length; n++)
            for (int w = 0; w < large[n].Length; w++)
            {
                Assert.Equal(large[n][w], parts[n][w], tolerance);
                moved = Math.Max(moved, Math.Abs(large[n][w] - small[n][w]));
            }
        Assert.True(moved > 5 * tolerance, $"{moved}");
    }

    [Fact]
    public void Resume_PlateauAndAllAugmentations_EndsWithTheSameBits()
    {
        TrainOptions options = ToyCases.Options with
        {
            Steps = 9, StepsPerEpoch = 2, ValidationCases = 1,
            Optimiser = new OptimiserOptions
            {
                Kind = OptimiserKind.Sgd, LearningRate = 1e-7, Schedule = ScheduleKind.Plateau, PlateauPatience = 0, PlateauFactor = 0.5, Accumulate = 2,
            },
            Augmentation = new AugmentationOptions { Operations = [AugmentationOperation.All] },
        };
        float[][] whole = Train(options, "plateau", stopAfter: null);
        string[] rates = [.. File.ReadAllLines(Path.Combine(_root, "plateau", "metrics.csv"))[1..].Select(l => l.Split(',')[1])];
        // The weights hardly move, so that the validation does not improve after its first time.
        Assert.Equal(["1E-07", "1E-07", "5E-08", "2.5E-08", "1.25E-08"], rates);
        Train(options, "plateau-parts", stopAfter: 7);
        using Trainer resumed = new(options, RunFolder.Open(Path.Combine(_root, "plateau-parts")));
        resumed.Resume();
        Assert.True(resumed.Run([_case], [_case], _ => { }, CancellationToken.None));
        float[][] parts = Weights(resumed);
        for (int n = 0; n < whole.Length; n++) Assert.Equal(whole[n], parts[n]);
    }

    [Theory]
    [InlineData(OptimiserKind.AdamW, 0.9, NormKind.Instance, Precision.Full, 1)]
    [InlineData(OptimiserKind.Sgd, null, NormKind.Batch, Precision.Full, 1)]
    [InlineData(OptimiserKind.AdamW, 0.9, NormKind.Batch, Precision.Bfloat16, 2)]
    [InlineData(OptimiserKind.Sgd, null, NormKind.Instance, Precision.Bfloat16, 1)]
    public void Resume_StoppedInMidEpoch_EndsWithTheSameBits(OptimiserKind kind, double? decay, NormKind norm, Precision precision, int accumulate)
    {
        TrainOptions options = ToyCases.Options with
        {
            Precision = precision,
            Steps = 12, StepsPerEpoch = 5, EmaDecay = decay, ValidationCases = 0,
            Network = ToyCases.Options.Network with { Norm = norm },
            Optimiser = new OptimiserOptions { Kind = kind, LearningRate = 0.01, Momentum = 0.9, Accumulate = accumulate, GradientNorm = 0.3 },
            Augmentation = new AugmentationOptions { Flips = ["k", "i"], Intensity = 0.5 },
        };
        float[][] whole = Train(options, "whole", stopAfter: null);
        Assert.Empty(Train(options, "parts", stopAfter: 7));
        RunFolder folder = RunFolder.Open(Path.Combine(_root, "parts"));
        TrainOptions stored = folder.ReadOptions();
        using Trainer resumed = new(stored, folder);
        resumed.Resume();
        Assert.Equal(7, resumed.StepsDone);
        Assert.True(resumed.Run([_case], [], _ => { }, CancellationToken.None));
        float[][] parts = Weights(resumed);
        for (int n = 0; n < whole.Length; n++) Assert.Equal(whole[n], parts[n]);
        // The weights keep the digits that 16 bits have no room for.
        Assert.Contains(whole[0], w => (BitConverter.SingleToInt32Bits(w) & 0xFFFF) != 0);
        Assert.Equal(["5", "10", "12"], File.ReadAllLines(folder.MetricsPath)[1..].Select(l => l.Split(',')[0]));
    }

    [Fact]
    public void Resume_ResUNetWithDroppedChannels_EndsWithTheSameBitsAndExports()
    {
        TrainOptions options = ToyCases.Options with
        {
            Steps = 3, StepsPerEpoch = 3, ValidationCases = 0, PatchSize = [32, 64], BatchSize = 2,
            Network = new UNetOptions { Kind = NetworkKind.ResUNet18, Dimensionality = 2, Dropout = 0.3 },
            Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.01, Momentum = 0.9 },
        };
        float[][] whole = Train(options, "whole", stopAfter: null);
        Assert.Empty(Train(options, "parts", stopAfter: 1));
        RunFolder folder = RunFolder.Open(Path.Combine(_root, "parts"));
        using Trainer resumed = new(folder.ReadOptions(), folder);
        resumed.Resume();
        Assert.True(resumed.Run([_case], [], _ => { }, CancellationToken.None));
        float[][] parts = Weights(resumed);
        for (int n = 0; n < whole.Length; n++) Assert.Equal(whole[n], parts[n]);
        TrainedMember member = TrainedMember.Read(folder.Root, "last");
        Assert.Equal(whole[0], OnnxFile.ReadWeights(member.Onnx)["resnet.conv1.weight"]);
    }

    [Fact]
    public void Run_OtherSeed_EndsWithOtherWeights()
    {
        TrainOptions options = ToyCases.Options with { Steps = 2, ValidationCases = 0 };
        float[][] first = Train(options, "a", null), same = Train(options, "b", null), other = Train(options with { Seed = 1 }, "c", null);
        Assert.Equal(first[0], same[0]);
        Assert.NotEqual(first[0], other[0]);
    }

    [Fact]
    public void StartFrom_AnotherRun_TakesItsWeights()
    {
        TrainOptions options = ToyCases.Options with { Steps = 2, ValidationCases = 0 };
        float[][] first = Train(options, "a", null);
        using Trainer trainer = new(options with { Seed = 9 }, RunFolder.Create(Path.Combine(_root, "next"), options));
        trainer.StartFrom(RunFolder.Open(Path.Combine(_root, "a")));
        Assert.Equal(first[0], Weights(trainer)[0]);
        Assert.Equal(0, trainer.StepsDone);
    }

    [Fact]
    public void Predict_CaseSmallerAndLargerThanThePatch_LabelsEveryVoxel()
    {
        TrainOptions options = ToyCases.Options with { Steps = 60, ValidationCases = 0 };
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, "run"), options));
        trainer.Run([_case], [], _ => { }, CancellationToken.None);
        using CaseScorer scorer = new(Network.Of(options.NetworkWithChannels()), trainer.Result, options.Patch());
        using TrainingCase other = ToyCases.Case(7, new GridSize(6, 13, 21));
        double[] dice = scorer.Score(other, CancellationToken.None);
        Assert.Equal(2, dice.Length);
        Assert.True(dice[0] > 0.6, $"{dice[0]}");
    }

    [Fact]
    public void ScoreCentre_PatchInTheMiddle_IsTheScoreOfThatPart()
    {
        TrainOptions options = ToyCases.Options with { Steps = 20, ValidationCases = 0 };
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, "run"), options));
        trainer.Run([_case], [], _ => { }, CancellationToken.None);
        using CaseScorer scorer = new(Network.Of(options.NetworkWithChannels()), trainer.Result, options.Patch());
        using TrainingCase whole = ToyCases.Case(7, new GridSize(9, 12, 15));
        GridSize patch = options.Patch();
        float[] image = new float[patch.VoxelCount];
        byte[] classes = new byte[patch.VoxelCount];
        // (9 - 8) / 2 and (15 - 8) / 2 end in a half and go to 0 and 4.
        WindowReader.Read(whole, new VoxelIndex(0, 2, 4), patch, image, classes);
        using TrainingCase middle = new(whole.Geometry.Block(new VoxelIndex(0, 2, 4), patch), [image], classes, 3);
        Assert.Equal(scorer.Score(middle, CancellationToken.None), scorer.ScoreCentre(whole));
        Assert.NotEqual(scorer.Score(whole, CancellationToken.None), scorer.ScoreCentre(whole));
    }

    [Fact]
    public void DiceOf_AbsentClass_IsUndefined()
    {
        double[] dice = CaseScorer.DiceOf([1, 1, 0, 0, 0], [1, 0, 1, 3, 0], 5);
        Assert.Equal([0.5, double.NaN, 0, double.NaN], dice);
    }

    private float[][] Train(TrainOptions options, string name, int? stopAfter)
    {
        using CancellationTokenSource stop = new();
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, name), options));
        bool finished = trainer.Run([_case], options.ValidationCases > 0 ? [_case] : [], progress =>
        {
            if (progress.Step == stopAfter) stop.Cancel();
        }, stop.Token);
        return finished ? Weights(trainer) : [];
    }

    private static float[][] Weights(Trainer trainer) => [.. trainer.Result.Parameters.Select(p => trainer.Result.Values(p).ToArray())];
}
