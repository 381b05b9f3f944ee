using MedISeg.Imaging.Metrics;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Tests.Support;
using MedISeg.Training.Evaluation.PostprocessingSearch;

namespace MedISeg.Tests.Training.Evaluation.PostprocessingSearch;

public sealed class StepSearchTests
{
    private static readonly Dictionary<int, string> OneClass = new() { [1] = "cell" };

    [Fact]
    public void Run_TwoTrueParts_KeepsThemAndRemovesTheSpeck()
    {
        // Half a mm3 a speck and 3 a part: pixels are 1 x 0.5 mm, planes 2 mm.
        LabelMap truth = TestLabels.Plane("111....", "......1", "......1"), prediction = TestLabels.Plane("111....", "......1", "..1...1");
        SearchReport report = Run(OneClass, 2, (prediction, truth));
        RemoveSmallComponentsStep step = Assert.IsType<RemoveSmallComponentsStep>(Assert.Single(report.Steps));
        Assert.Equal(8, step.Connectivity);
        Assert.InRange(step.MinVolumeMm3!.Value, 1.001, 1.999);
        Assert.Equal((10.0 / 11, 1), (report.Before.Mean, report.After.Mean));
        PostprocessingTrial largest = report.Trials[0];
        Assert.IsType<KeepLargestComponentStep>(largest.Step);
        Assert.Equal((0, 1, false), (largest.Better, largest.Worse, largest.Accepted));
        Assert.Equal(6.0 / 8, largest.Score.Mean, 1e-12);
    }

    [Fact]
    public void Run_StepThatHelpsTheMeanAndHurtsAClass_IsRefused()
    {
        Dictionary<int, string> names = new() { [1] = "organ", [2] = "lesion" };
        // Together the largest component drops the specks of the organ, but the lesion with them.
        LabelMap truth = TestLabels.Plane("1111....2", "1111.....", "........."), prediction = TestLabels.Plane("1111....2", "1111.....", ".....1.11");
        SearchReport report = Run(names, 2, (prediction, truth));
        PostprocessingTrial joint = report.Trials[0];
        Assert.True(joint.Step.Joint);
        Assert.False(joint.Accepted);
        KeepLargestComponentStep step = Assert.IsType<KeepLargestComponentStep>(Assert.Single(report.Steps));
        Assert.Equal([1], step.Labels);
        Assert.Equal(1, report.After.Mean);
    }

    [Fact]
    public void Run_FalseAlarmThatGoes_CountsAsAgreement()
    {
        LabelMap clean = TestLabels.Plane("11111", "11111", "....."), alarm = TestLabels.Plane(".....", ".....", "...1."), nothing = TestLabels.Plane(".....", ".....", ".....");
        SearchReport report = Run(OneClass, 2, (clean, clean), (alarm, nothing), (nothing, nothing));
        Assert.Equal((2, 0.5), (report.Before.Classes[0].Cases, report.Before.Mean));
        Assert.Equal((2, 1), (report.After.Classes[0].Cases, report.After.Mean));
        Assert.IsType<RemoveSmallComponentsStep>(Assert.Single(report.Steps));
    }

    [Fact]
    public void Run_GainOfOneCaseThatAnotherPaysFor_IsRefusedAndHopelessSizesAreNotTried()
    {
        LabelMap speck = TestLabels.Plane("111....", ".......", ".....11"), clean = TestLabels.Plane("111....", ".......", ".......");
        LabelMap parts = TestLabels.Plane("11111..", "11111..", "......1"), full = TestLabels.Plane("1111111", "1111111", "1111111");
        SearchReport report = Run(OneClass, 2, (speck, clean), (parts, TestLabels.Copy(parts)), (full, TestLabels.Copy(full)));
        PostprocessingTrial largest = report.Trials[0];
        Assert.True(largest.Score.Mean > largest.Before.Mean);
        Assert.Equal((1, 1, false), (largest.Better, largest.Worse, largest.Accepted));
        Assert.Empty(report.Steps);
        // Parts of 1, 2, 3, 10 and 21 pixels: the limit between 3 and 10 takes all of a case, that between 10 and 21 is left out.
        Assert.Equal(3, report.Trials.Count(trial => trial.Step is RemoveSmallComponentsStep));
    }

    [Fact]
    public void Run_NothingHelps_AcceptsNothing()
    {
        LabelMap same = TestLabels.Plane("11.11", "11..1", ".....");
        SearchReport report = Run(OneClass, 2, (same, TestLabels.Copy(same)));
        Assert.Empty(report.Steps);
        Assert.NotEmpty(report.Trials);
        Assert.Contains("No step is accepted.", SearchMarkdown.Write(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_RandomVolumes_ReportsWhatTheServiceMakesOfTheWholeMaps(int seed)
    {
        Dictionary<int, string> names = new() { [1] = "a", [2] = "b" };
        GridSize grid = new(5, 9, 11);
        (LabelMap Prediction, LabelMap Truth)[] maps = [.. Enumerable.Range(0, 4).Select(n => Noisy(grid, 10 * seed + n))];
        LabelMap[] raw = [.. maps.Select(m => TestLabels.Copy(m.Prediction))];
        SearchReport report = Run(names, 3, maps);
        Assert.NotEmpty(report.Steps);
        Assert.True(report.After.Mean > report.Before.Mean);
        Assert.All(report.After.Classes.Zip(report.Before.Classes), pair => Assert.True(pair.First.Dice >= pair.Second.Dice));
        foreach (LabelMap map in raw) Postprocessors.Default.Apply(map, report.Steps, CancellationToken.None);
        foreach (ClassDice score in report.After.Classes)
            Assert.Equal(raw.Select((map, n) => SegmentationScores.Compare(map, maps[n].Truth, score.Label).Dice!.Value).Average(), score.Dice!.Value, 1e-12);
        // The table has a row a trial, and one step in words for each that is accepted.
        string markdown = SearchMarkdown.Write(report);
        Assert.Equal(report.Trials.Count, markdown.Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal)) - 1);
        Assert.Equal(report.Steps.Count, markdown.Split("| accepted |").Length - 1);
    }

    /// <summary>Two blocks with holes as truth; the prediction lacks them in the holes and has specks.</summary>
    private static (LabelMap Prediction, LabelMap Truth) Noisy(GridSize grid, int seed)
    {
        Random random = new(seed);
        byte[] truth = new byte[grid.VoxelCount], prediction = new byte[grid.VoxelCount];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int i = 0; i < grid.Width; i++)
                {
                    int n = (int)grid.Offset(k, j, i);
                    truth[n] = (byte)(k is > 0 and < 4 && j is > 0 and < 8 ? i < 5 ? 1 : i is > 6 and < 10 ? 2 : 0 : 0);
                    prediction[n] = random.NextDouble() < 0.05 ? (byte)random.Next(3) : truth[n];
                }
        return (TestLabels.Map(grid, prediction), TestLabels.Map(grid, truth));
    }

    private static SearchReport Run(
        Dictionary<int, string> names, int dimensionality, params IReadOnlyList<(LabelMap Prediction, LabelMap Truth)> maps) => StepSearch.Run(
        "m 1", [.. maps.Select((m, n) => new SearchCase($"{n}", m.Prediction, m.Truth))], names, dimensionality, null, _ => { }, CancellationToken.None);
}
