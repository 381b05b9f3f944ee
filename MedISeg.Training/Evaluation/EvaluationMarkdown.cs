using System.Globalization;
using System.Text;

namespace MedISeg.Training.Evaluation;

/// <summary>An evaluation as Markdown tables.</summary>
internal static class EvaluationMarkdown
{
    /// <summary>Summary, baseline and one line a case.</summary>
    public static string Write(EvaluationReport report)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# {report.Package}: Dice on {report.Cases.Count} cases").AppendLine();
        text.AppendLine("A class that neither truth nor prediction holds has no Dice; one that only one of them holds has Dice 0.").AppendLine();
        AppendSummary(text, report.Summary);
        if (report.Baseline is { } baseline)
        {
            text.AppendLine("## Baseline: threshold and largest component").AppendLine();
            foreach (ThresholdRule rule in baseline.Rules)
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"- label {rule.Label}: {rule.Low:F1} to {rule.High:F1}{(rule.Smoothed ? ", averaged over 3x3x3" : "")}, {rule.Components} largest; Dice {Score(rule.Dice)} where it was chosen");
            text.AppendLine();
            AppendSummary(text, baseline.Summary);
        }
        text.AppendLine("## Cases").AppendLine();
        string[] names = [.. report.Cases.SelectMany(c => c.Labels).Select(l => l.Name).Distinct()];
        text.AppendLine($"| case | groups | {string.Join(" | ", names.Select(n => $"{n} Dice | {n} ml | true {n} ml"))} | s |");
        text.AppendLine($"|---|---|{string.Concat(names.Select(_ => "--:|--:|--:|"))}--:|");
        foreach (CaseScore one in report.Cases)
        {
            string cells = string.Join(" | ", names.Select(n => one.Labels.First(l => l.Name == n))
                .Select(l => string.Create(CultureInfo.InvariantCulture, $"{Score(l.Dice)} | {l.PredictedMl:F1} | {l.TrueMl:F1}")));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {one.Name} | {string.Join(", ", one.Groups.Skip(1))} | {cells} | {one.Seconds:F1} |");
        }
        return text.ToString();
    }

    private static void AppendSummary(StringBuilder text, IReadOnlyList<GroupScore> summary)
    {
        text.AppendLine("| group | class | cases | with Dice | mean Dice | sd | least | false alarms | missed |");
        text.AppendLine("|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (GroupScore row in summary)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Group} | {row.Name} | {row.Cases} | {row.Defined} | {Score(row.MeanDice)} | {Score(row.StandardDeviation)} | {Score(row.LeastDice)} | {row.FalseAlarms} | {row.Missed} |");
        text.AppendLine();
    }

    private static string Score(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "-";
}
