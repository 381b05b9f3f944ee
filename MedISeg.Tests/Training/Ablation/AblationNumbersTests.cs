using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Merging;
using MedISeg.Training.Ablation;
using MedISeg.Training.Evaluation;

namespace MedISeg.Tests.Training.Ablation;

public sealed class AblationNumbersTests
{
    [Fact]
    public void MajorityVote_ThreeMaps_MostWinAndTheLowestOfEquals()
    {
        VolumeGeometry grid = VolumeGeometry.AxisAligned(new GridSize(1, 2, 3), new SpacingMm(1, 1, 1));
        LabelMap joined = MajorityVote.Of([new(grid, [0, 1, 2, 5, 0, 7]), new(grid, [0, 1, 1, 2, 5, 7]), new LabelMap(grid, new ushort[] { 3, 0, 1, 0, 5, 300 })], CancellationToken.None);
        Assert.Equal([0, 1, 1, 0, 5, 7], Enumerable.Range(0, 6).Select(n => joined[0, n / 3, n % 3]));
    }

    [Fact]
    public void Timing_ThreeEpochs_TellsStepsAndValidationApart()
    {
        string file = Path.GetTempFileName();
        // Warm-up 5 s, steps of 0.5 s, validations of 3 s.
        File.WriteAllText(file, "step,loss,seconds\n8,1,12.0\n16,1,19.0\n20,1,24.0\n");
        RunTiming timing = RunTiming.Of(file, 7, 2);
        File.Delete(file);
        Assert.Equal(new RunTiming(0.5, 3, 7, 2), timing);
        Assert.Equal(1000, timing.StepsIn(TimeSpan.FromSeconds(534), 100));
        Assert.Equal(970, timing.StepsIn(TimeSpan.FromSeconds(524.8), 81));
        Assert.Equal(1, timing.StepsIn(TimeSpan.FromSeconds(0.1), 100));
        Assert.Equal(TimeSpan.FromSeconds(125 + 9), timing.TimeOf(250, 100));
    }

    [Fact]
    public void Change_TwoFolds_PairsCasesByName()
    {
        FoldScores[] lead = [Fold(0, ("a", 0.5, 0.7), ("b", 0.4, 0.4)), Fold(1, ("c", 0.2, null), ("d", null, null))];
        FoldScores[] other = [Fold(0, ("b", 0.5, 0.5), ("a", 0.8, 0.6)), Fold(1, ("c", 0.6, null), ("d", null, null))];
        RowChange change = RowChange.Of(lead, other, 1)!;
        Assert.Equal(3, change.Cases);
        Assert.Equal((0.1 + 0.1 + 0.4) / 3, change.Mean, 1e-12);
        Assert.Equal(0.3 / Math.Sqrt(2), change.Spread!.Value, 1e-12);
        Assert.InRange(change.Low, 0.1 - 1e-9, change.Mean);
        Assert.InRange(change.High, change.Mean, 0.4 + 1e-9);
        Assert.Equal(0.25, change.PCases, 1e-12);
        Assert.NotNull(change.PFolds);
        Assert.Null(RowChange.Of(lead, [other[1]], null)!.Spread);
        Assert.Null(RowChange.Of(lead[..1], other[1..], null));
    }

    [Fact]
    public void Change_FalseAlarmThatGoesOrComes_Counts()
    {
        // Where neither holds a class it is left out; two empty maps beside a false alarm of the other count as 1.
        FoldScores[] lead = [Fold(0, ("gone", 0.8, 0), ("new", 0.8, null), ("alone", 0, null), ("empty", null, null))];
        FoldScores[] other = [Fold(0, ("gone", 0.8, null), ("new", 0.8, 0), ("alone", null, null), ("empty", null, null))];
        Assert.Equal(
            [(0, "alone", 0, 1), (0, "gone", 0.4, 0.9), (0, "new", 0.9, 0.4)], RowChange.Pairs(lead, other));
        FoldScores[] seeds = [new("r", 0, [Fold(0, ("alone", null, null)).Results[0], Fold(0, ("alone", 0, null)).Results[0]])];
        Assert.Equal([(0, "alone", 0, 0.5)], RowChange.Pairs(lead, seeds));
    }

    [Fact]
    public void Mean_SeedsAndClasses_AreAveragedWithinACase()
    {
        FoldScores two = new("r", 0, [Fold(0, ("a", 0.5, 0.7)).Results[0], Fold(0, ("a", 0.9, null)).Results[0]]);
        FoldMean mean = FoldMean.Of([two, Fold(1, ("b", 0.1, 0.3), ("c", 0.2, 0.2))], l => l.Dice)!;
        Assert.Equal((0.7 + 0.2 + 0.2) / 3, mean.Mean, 1e-12);
        Assert.Equal(0.5 / Math.Sqrt(2), mean.Spread!.Value, 1e-12);
    }

    private static FoldScores Fold(int fold, params (string Name, double? First, double? Second)[] cases) => new("r", fold,
    [
        [.. cases.Select(c => new CaseScore(c.Name, [], [Label(1, c.First), Label(2, c.Second)], [], 0))],
    ]);

    private static LabelComparison Label(int label, double? dice) => new(label, $"{label}", dice, null, null, null, 0, 0, null);
}
