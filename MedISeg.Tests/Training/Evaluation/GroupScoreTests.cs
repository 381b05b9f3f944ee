using MedISeg.Training.Data;
using MedISeg.Training.Evaluation;

namespace MedISeg.Tests.Training.Evaluation;

public sealed class GroupScoreTests
{
    [Fact]
    public void Of_ThreeCases_AveragesDefinedScoresAndCountsAlarmsAndMisses()
    {
        CaseScore[] cases =
        [
            Case("a", ["all", "oblique"], dice: 0.8, predicted: 10, truth: 12),
            Case("b", ["all"], dice: null, predicted: 0, truth: 0),
            Case("c", ["all", "oblique"], dice: 0, predicted: 1, truth: 0),
            Case("d", ["all"], dice: 0, predicted: 0, truth: 3),
        ];
        IReadOnlyList<GroupScore> scores = GroupScore.Of(cases);
        Assert.Equal(["all", "oblique"], scores.Select(s => s.Group));
        GroupScore all = scores[0];
        Assert.Equal((4, 3, 1, 1), (all.Cases, all.Dice!.Defined, all.FalseAlarms, all.Missed));
        Assert.Equal(0.8 / 3, all.Dice.Mean, 1e-12);
        Assert.Equal(Math.Sqrt((0.64 - 0.64 / 3) / 2), all.Dice.StandardDeviation!.Value, 1e-12);
        Assert.Equal((0, 0, 0.8), (all.Dice.Least, all.Dice.Median, all.Dice.Greatest));
        Assert.True(all.Dice.Low <= all.Dice.Mean && all.Dice.Mean <= all.Dice.High);
        // Of 10 against 12, 0 against 0, 1 against 0 and 0 against 3 ml.
        Assert.Equal(-1, all.Scores["volumeErrorMl"].Mean, 1e-12);
        Assert.Equal((2, -100, 100.0 * -2 / 12),
            (all.Scores["volumeErrorPercent"].Defined, all.Scores["volumeErrorPercent"].Least, all.Scores["volumeErrorPercent"].Greatest));
        Assert.False(all.Scores.ContainsKey("hd95Mm"));
        Assert.Equal((2, 0.4), (scores[1].Cases, scores[1].Dice!.Mean));
    }

    [Fact]
    public void Write_Report_TablesShowUndefinedAsADash()
    {
        CaseScore[] cases = [Case("a", ["all"], null, 0, 0)];
        string text = EvaluationMarkdown.Write(EvaluationReport.Of("m 1", "00", new ScoringOptions(), cases, null));
        Assert.Contains("| all | tumour | 1 | 0 | - | - | - | - | 0 | 0 |", text, StringComparison.Ordinal);
        Assert.Contains("| a |  | - | - | - | 0.0 | 0.0 | 1.5 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PhantomsJson_NamesTheGroups()
    {
        string folder = ToyCases.TemporaryFolder();
        try
        {
            Assert.Equal(["all"], CaseGroups.Read(folder).Of(new DatasetCase("0000", ["0000.nii"], null)));
            File.WriteAllText(Path.Combine(folder, "phantoms.json"),
                """[{"name":"0000","anatomy":{"obliquityDegrees":3.5,"kidneys":"left-only","hasTumour":false}}]""");
            CaseGroups groups = CaseGroups.Read(folder);
            Assert.Equal(["all", "oblique", "one kidney", "tumour-free"], groups.Of(new DatasetCase("0000", ["0000.nii"], null)));
            Assert.Equal(["all"], groups.Of(new DatasetCase("0001", ["0001.nii"], null)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CaseScore Case(string name, IReadOnlyList<string> groups, double? dice, double predicted, double truth) =>
        new(name, groups, [new LabelComparison(2, "tumour", dice, null, null, null, predicted, truth, null)], [], 1.5);
}
