using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Losses;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Losses;

/// <summary>Every loss trains when it is switched on alone.</summary>
[Collection(TrainingTests.Name)]
public sealed class LossTrainingTests : IDisposable
{
    private readonly string _root = ToyCases.TemporaryFolder();
    private readonly TrainingCase _case = ToyCases.Case(1, new GridSize(16, 16, 16));

    public static TheoryData<LossName> Names => [.. Enum.GetValues<LossName>()];

    public void Dispose()
    {
        _case.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_LossByName_Falls(LossName name)
    {
        List<double> losses = Train(new LossOptions { Name = name });
        Assert.True(losses[^10..].Average() < 0.8 * losses[..5].Average(), $"{losses[..5].Average()} to {losses[^10..].Average()}");
    }

    [Fact]
    public void Run_TverskyInCompat_CountsBothSamplesOfTheBatch()
    {
        LossOptions loss = new() { Name = LossName.Tversky, FalsePositives = 0.3, FalseNegatives = 0.7 };
        double mended = Train(loss, steps: 1)[0], kept = Train(loss with { Mode = DefectMode.Compat }, steps: 1)[0];
        Assert.InRange(mended, 0.1, 0.9);
        Assert.Equal(1 - 2 * (1 - mended), kept, 1e-5);
    }

    [Theory]
    [InlineData(LossName.Ohem, false, false)]
    [InlineData(LossName.Dice, true, false)]
    [InlineData(LossName.DiceAndCrossEntropy, true, true)]
    public void Run_Metrics_HaveTheTermsOfTheLossOnly(LossName name, bool dice, bool crossEntropy)
    {
        Train(new LossOptions { Name = name });
        string[] cells = File.ReadAllLines(Path.Combine(_root, "run-Fixed", "metrics.csv"))[1].Split(',');
        Assert.Equal((true, dice, crossEntropy), (cells[2].Length > 0, cells[3].Length > 0, cells[4].Length > 0));
    }

    private List<double> Train(LossOptions loss, int steps = 60)
    {
        List<double> losses = [];
        TrainOptions options = ToyCases.Options with { Steps = steps, StepsPerEpoch = 60, ValidationCases = 0, Loss = loss };
        using Trainer trainer = new(options, RunFolder.Create(Path.Combine(_root, $"run-{loss.Mode}"), options));
        Assert.True(trainer.Run([_case], [], progress => losses.Add(progress.Loss), CancellationToken.None));
        return losses;
    }
}
