using System.Globalization;
using System.Text;

namespace MedISeg.Training.Evaluation;

/// <summary>An evaluation as Markdown tables.</summary>
internal static class EvaluationMarkdown
{
    /// <summary>Summary, all means, the paper's definitions, baseline and one line a case.</summary>
    public static string Write(EvaluationReport report)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {report.Package}: Dice on {report.Cases.Count} cases").AppendLine();
        text.AppendLine("A class that neither truth nor prediction holds has no Dice; one that only one of them holds has Dice 0.").AppendLine();
        AppendSummary(text, report.Summary);
        AppendMeans(text, report.Summary, report.Scoring);
        AppendPaper(text, report.Paper);
        if (report.Baseline is { } baseline)
        {
            text.AppendLine("## Baseline: threshold and largest component").AppendLine();
            foreach (ThresholdRule rule in baseline.Rules)
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"- label {rule.Label}: {rule.Low:F1} to {rule.High:F1}{(rule.Smoothed ? ", averaged over 3x3x3" : "")}, {rule.Components} largest; Dice {Score(rule.Dice)} where it was chosen");
            text.AppendLine();
            AppendSummary(text, baseline.Summary);
        }
        AppendCases(text, report.Cases);
        return text.ToString();
    }

    private static void AppendSummary(StringBuilder text, IReadOnlyList<GroupScore> summary)
    {
        text.AppendLine("| group | class | cases | with Dice | mean Dice | 95 % interval | sd | least | false alarms | missed |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (GroupScore row in summary)
        {
            string interval = row.Dice is { } dice ? $"{Score(dice.Low)} to {Score(dice.High)}" : "-";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Group} | {row.Name} | {row.Cases} | {row.Dice?.Defined ?? 0} | {Score(row.Dice?.Mean)} | {interval} | {Score(row.Dice?.StandardDeviation)} | {Score(row.Dice?.Least)} | {row.FalseAlarms} | {row.Missed} |");
        }
        text.AppendLine();
    }

    private static void AppendMeans(StringBuilder text, IReadOnlyList<GroupScore> summary, ScoringOptions scoring)
    {
        ScoreKind[] kinds = [.. ScoreKind.All.Where(kind => summary.Any(row => row.Scores.ContainsKey(kind.Key)))];
        if (kinds.Length == 0) return;
        string tolerances = string.Join(", ", summary.Select(row => (row.Label, row.Name)).Distinct()
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {scoring.ToleranceOf(c.Label)} mm")));
        text.AppendLine("## Means of all scores").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Each over the cases that define it; their number is behind it where it is not that of all cases. Tolerance of the surface Dice: {tolerances}.").AppendLine();
        text.AppendLine($"| group | class | {string.Join(" | ", kinds.Select(kind => kind.Title))} |");
        text.AppendLine($"|---|---|{string.Concat(kinds.Select(_ => "--:|"))}");
        foreach (GroupScore row in summary)
            text.AppendLine($"| {row.Group} | {row.Name} | {string.Join(" | ", kinds.Select(kind => Mean(row, kind)))} |");
        text.AppendLine();
    }

    private static void AppendPaper(StringBuilder text, IReadOnlyList<PaperScore> paper)
    {
        if (paper.Count == 0) return;
        text.AppendLine("## In the paper's definitions").AppendLine();
        text.AppendLine("| group | region | cases | recall | precision | Dice | mIoU |").AppendLine("|---|---|--:|--:|--:|--:|--:|");
        foreach (PaperScore row in paper)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Group} | {row.Region} | {row.Cases} | {Score(row.Recall)} | {Score(row.Precision)} | {Score(row.Dice)} | {Score(row.Iou)} |");
        text.AppendLine();
    }

    private static void AppendCases(StringBuilder text, IReadOnlyList<CaseScore> cases)
    {
        text.AppendLine("## Cases").AppendLine();
        string[] names = [.. cases.SelectMany(c => c.Labels).Select(l => l.Name).Distinct()];
        text.AppendLine($"| case | groups | {string.Join(" | ", names.Select(n => $"{n} Dice | surface Dice | HD95 mm | {n} ml | true {n} ml"))} | s |");
        text.AppendLine($"|---|---|{string.Concat(names.Select(_ => "--:|--:|--:|--:|--:|"))}--:|");
        foreach (CaseScore one in cases)
        {
            string cells = string.Join(" | ", names.Select(n => one.Labels.First(l => l.Name == n)).Select(l => string.Create(
                CultureInfo.InvariantCulture, $"{Score(l.Dice)} | {Score(l.SurfaceDice)} | {Score(l.Hd95Mm, "F2")} | {l.PredictedMl:F1} | {l.TrueMl:F1}")));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Name} | {string.Join(", ", one.Groups.Skip(1))} | {cells} | {one.Seconds:F1} |");
        }
    }

    private static string Mean(GroupScore row, ScoreKind kind)
    {
        if (!row.Scores.TryGetValue(kind.Key, out ScoreSummary? summary)) return "-";
        string mean = Score(summary.Mean, kind.HigherIsBetter == true ? "F3" : "F2");
        return summary.Defined == row.Cases ? mean : $"{mean} ({summary.Defined})";
    }

    private static string Score(double? value, string format = "F3") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
