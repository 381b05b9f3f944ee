using System.Globalization;
using System.Text;
using MedISeg.Training.Evaluation;

namespace MedISeg.Training.Ablation;

/// <summary>An ablation as Markdown and as CSV.</summary>
internal static class AblationText
{
    /// <summary>Table and how to read it.</summary>
    public static string Markdown(AblationTable table)
    {
        StringBuilder text = new();
        text.AppendLine("# Ablation").AppendLine();
        text.Append("| row | folds |");
        foreach (ScoreKind kind in AblationTable.Shown) text.Append(CultureInfo.InvariantCulture, $" {kind.Title} |");
        text.AppendLine(" change of Dice [95 %] | p cases | p folds | paper |");
        text.AppendLine("|---|--:|" + string.Concat(AblationTable.Shown.Select(_ => "--:|")) + "--:|--:|--:|---|");
        string category = "";
        foreach (TableRow row in table.Rows)
        {
            if (row.Category != category) text.AppendLine(CultureInfo.InvariantCulture, $"| *{Cell(category = row.Category)}* |{string.Concat(Enumerable.Repeat(" |", AblationTable.Shown.Count + 5))}");
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(row.Name)} | {row.Folds}/{row.AllFolds} |");
            foreach (ScoreKind kind in AblationTable.Shown) text.Append(CultureInfo.InvariantCulture, $" {Score(row.Scores[kind.Key], kind)} |");
            text.AppendLine(CultureInfo.InvariantCulture,
                $" {Change(row)} | {P(row.Change?.PCasesHolm)} | {P(row.Change?.PFoldsHolm)} | {Published(row)} |");
        }
        text.AppendLine();
        foreach (string line in Explanation) text.AppendLine("- " + line);
        foreach (TableRow row in table.Rows.Where(r => r.Note is not null)) text.AppendLine(CultureInfo.InvariantCulture, $"- {Cell(row.Name)}: {row.Note!.TrimEnd('.')}.");
        return text.ToString();
    }

    /// <summary>How the numbers are to be read.</summary>
    public static IReadOnlyList<string> Explanation { get; } =
    [
        "Scores are those of exported packages on held-out folds; the test set was not read. Of each case counts the mean of its classes and seeds; behind ± is the standard deviation of the folds' means.",
        "Change of Dice against the base on the same cases, in percent points; where only one of both raises a false alarm the other counts as 1. Its interval draws the cases anew and knows nothing of how much another seed would change.",
        "p cases: Wilcoxon's signed-rank test over cases. p folds: t-test over folds, corrected for their common training cases (Nadeau and Bengio). Both are corrected by Holm for the number of rows. Cases of a fold share one training, so p cases alone is too sure of tricks that are trained.",
        "The best combination was chosen on the folds that it is scored on, which flatters it.",
        "Paper: " + PublishedChanges.All.Source + ".",
    ];

    /// <summary>One line a row and score.</summary>
    public static string Csv(AblationTable table)
    {
        StringBuilder text = new("row,category,tricks,folds,steps,seconds_per_step,seconds_per_case,score,class,mean,spread,change,change_low,change_high,change_spread,p_cases,p_cases_holm,p_folds,p_folds_holm\n");
        foreach (TableRow row in table.Rows)
        {
            foreach (ScoreKind kind in AblationTable.Shown) Line(row, kind.Key, "", row.Scores[kind.Key], kind.Key == ScoreKind.Dice ? row.Change : null);
            for (int c = 0; c < table.Classes.Count; c++) Line(row, ScoreKind.Dice, table.Classes[c], row.ClassDice[c], null);
        }
        return text.ToString();

        void Line(TableRow row, string score, string name, FoldMean? mean, RowChange? change) => text.AppendJoin(',',
            Quoted(row.Name), Quoted(row.Category), Quoted(string.Join(';', row.Tricks)), Number(row.Folds), Number(row.Steps), Number(row.SecondsPerStep),
            Number(row.SecondsPerCase), score, Quoted(name), Number(mean?.Mean), Number(mean?.Spread), Number(change?.Mean), Number(change?.Low),
            Number(change?.High), Number(change?.Spread), Number(change?.PCases), Number(change?.PCasesHolm), Number(change?.PFolds),
            Number(change?.PFoldsHolm)).Append('\n');
    }

    /// <summary>A score with its spread: percent, or mm.</summary>
    public static string Score(FoldMean? score, ScoreKind kind)
    {
        if (score is null) return "–";
        bool isShare = kind.HigherIsBetter == true;
        double factor = isShare ? 100 : 1;
        return string.Create(CultureInfo.InvariantCulture, $"{factor * score.Mean:F2}{(score.Spread is { } spread ? $" ± {(factor * spread).ToString("F2", CultureInfo.InvariantCulture)}" : "")}");
    }

    /// <summary>The change with its interval, percent points.</summary>
    public static string Change(TableRow row) => row.EqualsBase ? "same as the base" : row.Change is not { } c ? "–" : string.Create(CultureInfo.InvariantCulture,
        $"{100 * c.Mean:+0.00;-0.00;0.00} [{100 * c.Low:+0.00;-0.00;0.00}, {100 * c.High:+0.00;-0.00;0.00}]");

    /// <summary>A p-value.</summary>
    public static string P(double? p) => p is not { } known ? "–" : known < 0.001 ? "< 0.001" : known.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>The paper's changes.</summary>
    public static string Published(TableRow row) => string.Join("; ", row.Published.Select(p =>
        string.Create(CultureInfo.InvariantCulture, $"{p.Data} {p.First:+0.00;-0.00} / {p.Second:+0.00;-0.00}")));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string Quoted(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Number(double? value) => value?.ToString("G8", CultureInfo.InvariantCulture) ?? "";
}
