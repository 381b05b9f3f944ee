using System.Globalization;
using System.Text;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;

namespace MedISeg.Training.Evaluation.PostprocessingSearch;

/// <summary>A search as Markdown.</summary>
internal static class SearchMarkdown
{
    /// <summary>Chosen steps, and a table of all trials with changes in percent points of Dice.</summary>
    public static string Write(SearchReport report)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"# Post-processing for {report.Package}, chosen on {report.Cases} held-out cases").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Mean Dice of the foreground {report.Before.Mean:F4} before, {report.After.Mean:F4} after. Two empty maps count as 1.").AppendLine();
        if (report.Steps.Count == 0) text.AppendLine("No step is accepted.");
        foreach (PostprocessingStep step in report.Steps) text.AppendLine($"- {Describe(step, report.Before)}");
        text.AppendLine();
        text.AppendLine($"| step | mean Dice | change | {string.Join(" | ", report.Before.Classes.Select(c => c.Name))} | better | worse | |");
        text.AppendLine($"|---|--:|--:|{string.Concat(report.Before.Classes.Select(_ => "--:|"))}--:|--:|---|");
        foreach (PostprocessingTrial trial in report.Trials)
        {
            string classes = string.Join(" | ", trial.Score.Classes.Zip(trial.Before.Classes, (after, before) => Change(after.Dice - before.Dice)));
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {Describe(trial.Step, report.Before)} | {trial.Score.Mean:F4} | {Change(trial.Score.Mean - trial.Before.Mean)} | {classes} | {trial.Better} | {trial.Worse} | {(trial.Accepted ? "accepted" : "")} |");
        }
        return text.ToString();
    }

    /// <summary>A step in words.</summary>
    public static string Describe(PostprocessingStep step, SearchScore score)
    {
        string classes = string.Join(" + ", step.Labels.Select(label => score.Classes.First(c => c.Label == label).Name));
        string parameter = step switch
        {
            RemoveSmallComponentsStep { MinVolumeMm3: { } mm3 } => string.Create(CultureInfo.InvariantCulture, $" below {mm3:0.######} mm3"),
            FillHolesStep { Plane: { } plane } => $" in planes {plane}",
            _ => "",
        };
        return $"{Postprocessors.NameOf(step)} of {classes}{parameter}";
    }

    private static string Change(double? change) =>
        change is { } c ? string.Create(CultureInfo.InvariantCulture, $"{100 * c:+0.000;-0.000;0}") : "-";
}
