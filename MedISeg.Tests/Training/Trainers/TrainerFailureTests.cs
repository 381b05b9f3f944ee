using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Tests.Support;
using MedISeg.Training.Data;
using MedISeg.Training.Networks;
using MedISeg.Training.Optimisation;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Trainers;

/// <summary>What goes wrong in a training, and what is left of it.</summary>
[Collection(TrainingTests.Name)]
public sealed class TrainerFailureTests : IDisposable
{
    private static readonly TrainOptions Options = ToyCases.Options with
    {
        Steps = 12, StepsPerEpoch = 3, ValidationCases = 0, Optimiser = new OptimiserOptions { Kind = OptimiserKind.Sgd, LearningRate = 0.01 },
    };

    private readonly TempFolder _root = new();
    private readonly TrainingCase _case = ToyCases.Case(1, new GridSize(9, 10, 12));

    public void Dispose()
    {
        _case.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void Run_CaseWithUndefinedIntensities_NamesStepAndCaseAndKeepsTheCheckpointBefore()
    {
        using TrainingCase broken = Undefined();
        _case.Name = "whole";
        RunFolder folder = NewRun(Options with { BatchSize = 1 });
        using Trainer trainer = new(Options with { BatchSize = 1 }, folder);
        int done = 0;
        TrainingDivergedException fault = Assert.Throws<TrainingDivergedException>(
            () => trainer.Run([_case, _case, _case, broken], [], progress => done = progress.Step, CancellationToken.None));
        Assert.StartsWith($"The loss of step {done + 1} is not finite; cases of the batch: broken.", fault.Message, StringComparison.Ordinal);
        Assert.Contains($"The checkpoint of step {done / 3 * 3} is kept.", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--from", fault.Message, StringComparison.Ordinal);
        using Trainer resumed = new(Options with { BatchSize = 1 }, folder);
        resumed.Resume();
        Assert.Equal(done / 3 * 3, resumed.StepsDone);
        Assert.All(Weights(resumed), values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Run_ValidationCaseWithMoreScoresThanAnArrayHolds_IsRefusedBeforeTheFirstStep()
    {
        TrainOptions options = Options with { ValidationCases = 1, Classes = [.. Enumerable.Range(0, 256).Select(id => new ModelClass { Id = id, Name = $"c{id}" })] };
        GridSize grid = new(128, 256, 257);
        using TrainingCase large = new(
            VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 2, 2)), [new float[grid.VoxelCount]], new byte[grid.VoxelCount], 256) { Name = "large" };
        RunFolder folder = NewRun(options);
        using Trainer trainer = new(options, folder);
        SegmentationException fault = Assert.Throws<SegmentationException>(() => trainer.Run([_case], [large], _ => { }, CancellationToken.None));
        Assert.Equal(ErrorCode.TooLarge, fault.Code);
        Assert.StartsWith("Validation case large has 257x256x128 voxels; with 256 classes at most 8388607", fault.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.LastPath));
    }

    [Fact]
    public void Run_SecondBatchOfAnAccumulatedStepUndefined_NamesTheBatch()
    {
        using TrainingCase broken = Undefined();
        TrainOptions options = Options with { BatchSize = 1, Optimiser = Options.Optimiser with { Accumulate = 3 } };
        using Trainer trainer = new(options, NewRun(options));
        string message = Assert.Throws<TrainingDivergedException>(() => trainer.Run([broken], [], _ => { }, CancellationToken.None)).Message;
        Assert.StartsWith("The loss of step 1, batch 1 of 3 is not finite; cases of the batch: broken. The checkpoint of step 0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RateThatOverflowsTheWeights_StoresNoneOfThem()
    {
        TrainOptions options = Options with { StepsPerEpoch = 1, Optimiser = Options.Optimiser with { LearningRate = 1e39, GradientNorm = null } };
        RunFolder folder = NewRun(options);
        using Trainer trainer = new(options, folder);
        string message = Assert.Throws<TrainingDivergedException>(() => trainer.Run([_case], [], _ => { }, CancellationToken.None)).Message;
        Assert.StartsWith("After step 1 the weights ", message, StringComparison.Ordinal);
        Assert.Contains("The checkpoint of step 0 is kept.", message, StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(folder.MetricsPath));
        using Trainer kept = new(options, folder);
        kept.Resume();
        Assert.Equal(0, kept.StepsDone);
        Assert.All(Weights(kept), values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Run_FullDisk_LeavesTheOldCheckpointAndGoesOnWithTheSameBits()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "system: there is no /dev/full");
        float[][] whole = Finish(NewRun(Options, "whole"));
        RunFolder folder = NewRun(Options);
        string temporary = folder.LastPath + ".tmp";
        using (Trainer trainer = new(Options, folder))
        {
            SegmentationException fault = Assert.Throws<SegmentationException>(() => trainer.Run([_case], [], progress =>
            {
                // The next checkpoint, that of step 6, is written to a device without room.
                if (progress.Step == 3) File.CreateSymbolicLink(temporary, "/dev/full");
            }, CancellationToken.None));
            Assert.StartsWith("The checkpoint of step 6 could not be written", fault.Message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(temporary));
        using Trainer resumed = new(Options, folder);
        resumed.Resume();
        Assert.Equal(3, resumed.StepsDone);
        Assert.True(resumed.Run([_case], [], _ => { }, CancellationToken.None));
        Assert.Equal(whole, Weights(resumed));
    }

    [Fact]
    public void Run_FullDiskWhileWritingMetrics_LosesNoLineAfterResume()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "system: there is no /dev/full");
        RunFolder folder = NewRun(Options);
        string kept = folder.MetricsPath + ".kept";
        using (Trainer trainer = new(Options, folder))
            Assert.Contains("The checkpoint of step 6 is stored", Assert.Throws<SegmentationException>(() => trainer.Run([_case], [], progress =>
            {
                if (progress.Step != 3) return;
                File.Move(folder.MetricsPath, kept);
                File.CreateSymbolicLink(folder.MetricsPath, "/dev/full");
            }, CancellationToken.None)).Message, StringComparison.Ordinal);
        File.Move(kept, folder.MetricsPath, overwrite: true);
        File.AppendAllText(folder.MetricsPath, "6,0.0");
        Finish(folder, resume: true);
        Assert.Equal(["3", "6", "9", "12"], Column(folder, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-5)]
    public void Resume_TruncatedCheckpoint_SaysSo(int length)
    {
        RunFolder folder = NewRun(Options);
        Finish(folder);
        using (FileStream file = File.OpenWrite(folder.LastPath)) file.SetLength(length >= 0 ? length : file.Length + length);
        Assert.Equal("The checkpoint last.safetensors is damaged; start the training again.", ResumeFault(Options, folder));
        File.Copy(folder.LastPath, folder.BestPath);
        Assert.Equal("The checkpoint last.safetensors is damaged; copy best.safetensors over it to go on from the best epoch.", ResumeFault(Options, folder));
    }

    [Fact]
    public void Resume_OneBitOfTheWeightsChanged_SaysSo()
    {
        RunFolder folder = NewRun(Options);
        Finish(folder);
        byte[] bytes = File.ReadAllBytes(folder.LastPath);
        bytes[^100] ^= 0x10;
        File.WriteAllBytes(folder.LastPath, bytes);
        Assert.StartsWith("The checkpoint last.safetensors is damaged", ResumeFault(Options, folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_NoCheckpoint_SaysSo() =>
        Assert.StartsWith("The run folder has no checkpoint last.safetensors", ResumeFault(Options, NewRun(Options)), StringComparison.Ordinal);

    [Fact]
    public void Resume_CheckpointOfAnotherNetwork_NamesTheFirstTensorsThatDiffer()
    {
        RunFolder folder = NewRun(Options);
        Finish(folder);
        TrainOptions wider = Options with { Network = Options.Network with { Features = [6, 8] } };
        ParameterInfo first = Network.Of(Options.NetworkWithChannels()).Parameters[0];
        string fault = ResumeFault(wider, folder);
        Assert.Contains($"weights.{first.Name} is [4, 1, 3, 3, 3], not [6, 1, 3, 3, 3]; ", fault, StringComparison.Ordinal);
        Assert.Matches("; and [0-9]+ more\\. Use the options of that run\\.$", fault);
        Assert.Contains("optimiser.mean.", ResumeFault(Options with { Optimiser = new OptimiserOptions { Kind = OptimiserKind.AdamW } }, folder), StringComparison.Ordinal);
        Assert.Contains("mean." + first.Name + " is missing", ResumeFault(Options with { EmaDecay = 0.9 }, folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_OptionsChanged_NamesTheKeysButNotThreads()
    {
        RunFolder folder = NewRun(Options);
        Finish(folder);
        TrainOptions changed = Options with { Seed = 5, BatchSize = 7, Threads = 1, Optimiser = Options.Optimiser with { LearningRate = 0.5 } };
        Assert.StartsWith("The run began with other options; changed: batchSize, optimiser.learningRate, seed. ", ResumeFault(changed, folder), StringComparison.Ordinal);
        using Trainer same = new(Options with { Threads = 2 }, folder);
        same.Resume();
        Assert.True(same.IsFinished);
    }

    [Fact]
    public void Resume_OtherCases_IsRefused()
    {
        RunFolder folder = NewRun(Options);
        StopAfter(folder, 4);
        using TrainingCase other = ToyCases.Case(1, new GridSize(9, 12, 12));
        using Trainer resumed = new(Options, folder);
        resumed.Resume();
        Assert.StartsWith("The cases are not those that the run began with", Assert.Throws<SegmentationException>(
            () => resumed.Run([other], [], _ => { }, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_EndedAfterValidationAndInMidEpoch_GivesTheSameMetricsAndBits()
    {
        TrainOptions options = Options with
        {
            ValidationCases = 1,
            Optimiser = Options.Optimiser with { LearningRate = 1e-7, Schedule = ScheduleKind.Plateau, PlateauPatience = 0, PlateauFactor = 0.5 },
        };
        RunFolder whole = NewRun(options, "whole"), parts = NewRun(options);
        float[][] expected = Finish(whole);
        // A folder in the place of metrics.csv ends the run between the first validation and the checkpoint that knows of it.
        using (Trainer trainer = new(options, parts))
        {
            File.Delete(parts.MetricsPath);
            Directory.CreateDirectory(parts.MetricsPath);
            Assert.Throws<UnauthorizedAccessException>(() => trainer.Run([_case], [_case], _ => { }, CancellationToken.None));
            Directory.Delete(parts.MetricsPath);
        }
        using (CancellationTokenSource stop = new())
        using (Trainer trainer = new(options, parts))
        {
            trainer.Resume();
            Assert.False(trainer.Run([_case], [_case], progress =>
            {
                if (progress.Step == 8) stop.Cancel();
            }, stop.Token));
        }
        Assert.Equal(expected, Finish(parts, resume: true));
        for (int column = 0; column < 8; column++) Assert.Equal(Column(whole, column), Column(parts, column));
        Assert.Equal(["1E-07", "1E-07", "5E-08", "2.5E-08"], Column(parts, 1));
    }

    private float[][] Finish(RunFolder folder, bool resume = false)
    {
        TrainOptions options = folder.ReadOptions();
        using Trainer trainer = new(options, folder);
        if (resume) trainer.Resume();
        Assert.True(trainer.Run([_case], options.ValidationCases > 0 ? [_case] : [], _ => { }, CancellationToken.None));
        Assert.True(trainer.IsFinished);
        return Weights(trainer);
    }

    private void StopAfter(RunFolder folder, int step)
    {
        using CancellationTokenSource stop = new();
        using Trainer trainer = new(folder.ReadOptions(), folder);
        Assert.False(trainer.Run([_case], [], progress =>
        {
            if (progress.Step == step) stop.Cancel();
        }, stop.Token));
    }

    private RunFolder NewRun(TrainOptions options, string name = "run") => RunFolder.Create(Path.Combine(_root.Path, name), options);

    private static string ResumeFault(TrainOptions options, RunFolder folder)
    {
        using Trainer trainer = new(options, folder);
        return Assert.Throws<SegmentationException>(trainer.Resume).Message;
    }

    private static TrainingCase Undefined()
    {
        GridSize grid = new(9, 10, 12);
        float[] image = new float[grid.VoxelCount];
        Array.Fill(image, float.NaN);
        return new TrainingCase(VolumeGeometry.AxisAligned(grid, new SpacingMm(2, 2, 2)), [image], new byte[grid.VoxelCount], 3) { Name = "broken" };
    }

    private static string[] Column(RunFolder folder, int column) => [.. File.ReadAllLines(folder.MetricsPath)[1..].Select(line => line.Split(',')[column])];

    private static float[][] Weights(Trainer trainer) => [.. trainer.Result.Parameters.Select(p => trainer.Result.Values(p).ToArray())];
}
