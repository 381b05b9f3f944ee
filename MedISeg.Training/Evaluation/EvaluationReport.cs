namespace MedISeg.Training.Evaluation;

/// <summary>How well a package segments a data set.</summary>
/// <param name="Package">Name and version.</param>
/// <param name="Sha256">Hash of the package.</param>
/// <param name="Cases">One entry a case.</param>
/// <param name="Summary">Means a group and class.</param>
/// <param name="Baseline">The same of threshold and largest component; null: not asked for.</param>
internal sealed record EvaluationReport(
    string Package, string Sha256, IReadOnlyList<CaseScore> Cases, IReadOnlyList<GroupScore> Summary, BaselineReport? Baseline);

/// <summary>The baseline's rules and scores.</summary>
/// <param name="Rules">One a class.</param>
/// <param name="Cases">One entry a case.</param>
/// <param name="Summary">Means a group and class.</param>
internal sealed record BaselineReport(IReadOnlyList<ThresholdRule> Rules, IReadOnlyList<CaseScore> Cases, IReadOnlyList<GroupScore> Summary);

/// <summary>Scores of one case.</summary>
/// <param name="Name">File name without ending.</param>
/// <param name="Groups">Groups that it belongs to.</param>
/// <param name="Labels">One entry a foreground class.</param>
/// <param name="Seconds">Time of the segmentation.</param>
internal sealed record CaseScore(string Name, IReadOnlyList<string> Groups, IReadOnlyList<LabelComparison> Labels, double Seconds);

/// <summary>Scores of one class over the cases of a group.</summary>
/// <param name="Group">Group.</param>
/// <param name="Label">Class id.</param>
/// <param name="Name">Class name.</param>
/// <param name="Cases">Cases of the group.</param>
/// <param name="Defined">Cases where truth or prediction holds the class: only they have a Dice.</param>
/// <param name="MeanDice">Mean of the defined ones; null: none.</param>
/// <param name="StandardDeviation">Of the defined ones, n - 1; null below two.</param>
/// <param name="LeastDice">Smallest; null: none.</param>
/// <param name="FalseAlarms">Cases where only the prediction holds the class; their Dice is 0.</param>
/// <param name="Missed">Cases where only the truth holds the class; their Dice is 0.</param>
internal sealed record GroupScore(
    string Group, int Label, string Name, int Cases, int Defined, double? MeanDice, double? StandardDeviation, double? LeastDice,
    int FalseAlarms, int Missed)
{
    /// <summary>Scores of all groups and classes, groups in the order of <paramref name="cases"/>' first mention.</summary>
    public static IReadOnlyList<GroupScore> Of(IReadOnlyList<CaseScore> cases) =>
    [
        .. cases.SelectMany(c => c.Groups).Distinct().OrderBy(g => g == CaseGroups.All ? "" : g, StringComparer.Ordinal).SelectMany(group =>
        {
            CaseScore[] members = [.. cases.Where(c => c.Groups.Contains(group))];
            return members.SelectMany(c => c.Labels).GroupBy(l => (l.Label, l.Name)).OrderBy(l => l.Key.Label).Select(label =>
                Of(group, label.Key.Label, label.Key.Name, members.Length, [.. label]));
        }),
    ];

    private static GroupScore Of(string group, int label, string name, int cases, IReadOnlyList<LabelComparison> scores)
    {
        double[] dice = [.. scores.Where(s => s.Dice is not null).Select(s => s.Dice!.Value)];
        double? mean = dice.Length == 0 ? null : dice.Average();
        return new GroupScore(group, label, name, cases, dice.Length, mean,
            dice.Length < 2 ? null : Math.Sqrt(dice.Sum(d => (d - mean!.Value) * (d - mean.Value)) / (dice.Length - 1)),
            dice.Length == 0 ? null : dice.Min(),
            scores.Count(s => s.TrueMl == 0 && s.PredictedMl > 0), scores.Count(s => s.TrueMl > 0 && s.PredictedMl == 0));
    }
}
