using System.Text.Json.Serialization;

namespace MedISeg.Training.Evaluation;

/// <summary>How well a package segments a data set; docs/schemas/evaluation.schema.json.</summary>
/// <param name="Package">Name and version.</param>
/// <param name="Sha256">Hash of the package.</param>
/// <param name="Scoring">How it was scored.</param>
/// <param name="Cases">One entry a case.</param>
/// <param name="Summary">Means a group and class.</param>
/// <param name="Paper">Means a group and region, in the paper's definitions.</param>
/// <param name="Baseline">The same of threshold and largest component; null: not asked for.</param>
internal sealed record EvaluationReport(
    string Package, string Sha256, ScoringOptions Scoring, IReadOnlyList<CaseScore> Cases, IReadOnlyList<GroupScore> Summary,
    IReadOnlyList<PaperScore> Paper, BaselineReport? Baseline)
{
    /// <summary>Version of the form.</summary>
    public int SchemaVersion { get; } = 1;

    /// <summary>Sums cases up.</summary>
    public static EvaluationReport Of(string package, string sha256, ScoringOptions scoring, IReadOnlyList<CaseScore> cases, BaselineReport? baseline) =>
        new(package, sha256, scoring, cases, GroupScore.Of(cases), PaperScore.Of(cases), baseline);
}

/// <summary>The baseline's rules and scores.</summary>
/// <param name="Rules">One a class.</param>
/// <param name="Cases">One entry a case.</param>
/// <param name="Summary">Means a group and class.</param>
internal sealed record BaselineReport(IReadOnlyList<ThresholdRule> Rules, IReadOnlyList<CaseScore> Cases, IReadOnlyList<GroupScore> Summary);

/// <summary>Scores of one case.</summary>
/// <param name="Name">File name without ending.</param>
/// <param name="Groups">Groups that it belongs to.</param>
/// <param name="Labels">One entry a foreground class.</param>
/// <param name="Paper">One entry a region of the paper's definitions; empty: the paper skips the case.</param>
/// <param name="Seconds">Time of the segmentation.</param>
internal sealed record CaseScore(
    string Name, IReadOnlyList<string> Groups, IReadOnlyList<LabelComparison> Labels, IReadOnlyList<PaperComparison> Paper, double Seconds)
{
    /// <summary>Groups of several cases, that of all first, the others by name.</summary>
    public static IEnumerable<(string Group, CaseScore[] Cases)> ByGroup(IReadOnlyList<CaseScore> cases) => cases
        .SelectMany(c => c.Groups).Distinct().OrderBy(g => g == CaseGroups.All ? "" : g, StringComparer.Ordinal)
        .Select(group => (group, cases.Where(c => c.Groups.Contains(group)).ToArray()));
}

/// <summary>Scores of one class over the cases of a group.</summary>
/// <param name="Group">Group.</param>
/// <param name="Label">Class id.</param>
/// <param name="Name">Class name.</param>
/// <param name="Cases">Cases of the group.</param>
/// <param name="FalseAlarms">Cases where only the prediction holds the class; their Dice is 0.</param>
/// <param name="Missed">Cases where only the truth holds the class; their Dice is 0.</param>
/// <param name="Scores">By the key of <see cref="ScoreKind"/>; those that no case defines are left out.</param>
internal sealed record GroupScore(
    string Group, int Label, string Name, int Cases, int FalseAlarms, int Missed, IReadOnlyDictionary<string, ScoreSummary> Scores)
{
    /// <summary>Dice; null: no case defines it.</summary>
    [JsonIgnore]
    public ScoreSummary? Dice => Scores.GetValueOrDefault(ScoreKind.Dice);

    /// <summary>Scores of all groups and classes.</summary>
    public static IReadOnlyList<GroupScore> Of(IReadOnlyList<CaseScore> cases) =>
    [
        .. CaseScore.ByGroup(cases).SelectMany(group => group.Cases.SelectMany(c => c.Labels).GroupBy(l => (l.Label, l.Name)).OrderBy(l => l.Key.Label)
            .Select(label => Of(group.Group, label.Key.Label, label.Key.Name, group.Cases.Length, [.. label]))),
    ];

    private static GroupScore Of(string group, int label, string name, int cases, IReadOnlyList<LabelComparison> comparisons)
    {
        Dictionary<string, ScoreSummary> scores = [];
        foreach (ScoreKind kind in ScoreKind.All)
            if (ScoreSummary.Of(comparisons.Select(kind.Of)) is { } summary) scores.Add(kind.Key, summary);
        return new GroupScore(group, label, name, cases,
            comparisons.Count(s => s.TrueMl == 0 && s.PredictedMl > 0), comparisons.Count(s => s.TrueMl > 0 && s.PredictedMl == 0), scores);
    }
}

/// <summary>Means of one region over the cases of a group, in the paper's definitions.</summary>
/// <param name="Group">Group.</param>
/// <param name="Region">Region.</param>
/// <param name="Cases">Cases that count; the paper skips planes whose truth is empty.</param>
/// <param name="Recall">Mean.</param>
/// <param name="Precision">Mean.</param>
/// <param name="Dice">Mean.</param>
/// <param name="Iou">Mean.</param>
internal sealed record PaperScore(string Group, string Region, int Cases, double Recall, double Precision, double Dice, double Iou)
{
    /// <summary>Means of all groups and regions.</summary>
    public static IReadOnlyList<PaperScore> Of(IReadOnlyList<CaseScore> cases) =>
    [
        .. CaseScore.ByGroup(cases).SelectMany(group => group.Cases.SelectMany(c => c.Paper).GroupBy(p => p.Region).Select(region => new PaperScore(
            group.Group, region.Key, region.Count(), region.Average(p => p.Recall), region.Average(p => p.Precision), region.Average(p => p.Dice),
            region.Average(p => p.Iou)))),
    ];
}
