using System.Globalization;
using MedISeg.Imaging.Pictures;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;
using MedISeg.Training.Evaluation;
using MedISeg.Training.Reports;

namespace MedISeg.Training.Ablation;

/// <summary>Writes table.md, table.csv, table.json and report.html of what is there.</summary>
internal static class AblationReport
{
    private const int PicturedRows = 8;

    /// <summary>Writes the files.</summary>
    /// <param name="runner">What was run.</param>
    /// <param name="folder">Output.</param>
    /// <param name="plan">The plan as it was given.</param>
    /// <param name="cancellationToken">Checked once a picture.</param>
    /// <returns>The table.</returns>
    public static AblationTable Write(AblationRunner runner, AblationFolder folder, string plan, CancellationToken cancellationToken)
    {
        AblationTable table = AblationTable.Of(runner);
        File.WriteAllText(folder.ResultPath("table.md"), AblationText.Markdown(table));
        File.WriteAllText(folder.ResultPath("table.csv"), AblationText.Csv(table));
        AblationFolder.Write(folder.ResultPath("table.json"), table);
        HtmlPage page = new($"Ablation: {runner.Rows[0].Training.Options.Task}");
        Tiles(page, runner, table);
        Chart(page, table);
        Table(page, table);
        Classes(page, table);
        Examples(page, runner, table, cancellationToken);
        page.Heading("How to read this");
        foreach (string line in AblationText.Explanation) page.Paragraph(line);
        page.Heading("Plan");
        page.Folded("plan.json", plan);
        page.Save(folder.ResultPath("report.html"));
        return table;
    }

    private static void Tiles(HtmlPage page, AblationRunner runner, AblationTable table)
    {
        int done = table.Rows.Sum(r => r.Folds), all = table.Rows.Sum(r => r.AllFolds), left = runner.Left(runner.Rows).Count;
        page.Tiles(
            (Invariant($"{table.Rows.Count - 1}"), "rows beside the base"), (Invariant($"{done} / {all}"), "rows x folds scored"), (Invariant($"{left}"), "trainings left"),
            (AblationText.Score(table.Rows[0].Scores[ScoreKind.Dice], AblationTable.Shown.First(k => k.Key == ScoreKind.Dice)), "Dice of the base, %"),
            (table.Rows[0].Steps > 0 ? Invariant($"{table.Rows[0].Steps}") : "–", "steps of the base"), (Invariant($"{runner.Cases.Count}"), "cases beside the test set"));
        if (done < all) page.Paragraph("This is not the end: rows that are not scored on all folds are compared on those that they have.", faint: true);
    }

    private static void Chart(HtmlPage page, AblationTable table)
    {
        (string, double, double, double)[] bars = [.. table.Rows.Where(r => r.Change is not null)
            .Select(r => (r.Name, 100 * r.Change!.Mean, 100 * r.Change.Low, 100 * r.Change.High))];
        if (bars.Length == 0) return;
        page.Heading("Change of Dice against the base");
        page.Html($"<div class=\"card\">{ChangeChart.Draw("percent points; whiskers: 95 % interval over cases", bars)}</div>");
    }

    private static void Table(HtmlPage page, AblationTable table)
    {
        page.Heading("Scores");
        ScoreKind dice = AblationTable.Shown.First(k => k.Key == ScoreKind.Dice);
        ScoreKind[] kinds = [dice, .. AblationTable.Shown.Where(k => k != dice)];
        page.Table(
            ["row", ">folds", ">change of Dice", ">p cases", ">p folds", .. kinds.Select(k => ">" + k.Title)],
            table.Rows.Select(r => (IReadOnlyList<string>)
            [
                $"<b>{HtmlPage.Text(r.Name)}</b>", Invariant($"{r.Folds}/{r.AllFolds}"), Coloured(r), AblationText.P(r.Change?.PCasesHolm),
                AblationText.P(r.Change?.PFoldsHolm), .. kinds.Select(k => AblationText.Score(r.Scores[k.Key], k)),
            ]));
        page.Paragraph("Shares in percent; ± is the standard deviation of the folds' means. p-values are corrected for the number of rows.", faint: true);
        page.Heading("Cost, and the paper's change of Dice in its two tables");
        page.Table(
            ["row", "stage", ">steps", ">s a step", ">s a case", "paper", "note"],
            table.Rows.Select(r => (IReadOnlyList<string>)
            [
                HtmlPage.Text(r.Name), HtmlPage.Text(r.Category), r.Steps > 0 ? Invariant($"{r.Steps}") : "–", HtmlPage.Number(r.SecondsPerStep, "G3"),
                HtmlPage.Number(r.SecondsPerCase, "G3"), HtmlPage.Text(AblationText.Published(r)), HtmlPage.Text(r.Note ?? ""),
            ]));

        static string Coloured(TableRow row)
        {
            string text = HtmlPage.Text(AblationText.Change(row));
            return row.Change is { Low: > 0 } ? $"<span class=\"good\">{text}</span>" : row.Change is { High: < 0 } ? $"<span class=\"bad\">{text}</span>" : text;
        }
    }

    private static void Classes(HtmlPage page, AblationTable table)
    {
        if (table.Classes.Count < 2) return;
        ScoreKind dice = AblationTable.Shown.First(k => k.Key == ScoreKind.Dice);
        page.Heading("Dice of each class, %");
        page.Table(["row", .. table.Classes.Select(c => ">" + c)],
            table.Rows.Select(r => (IReadOnlyList<string>)[HtmlPage.Text(r.Name), .. r.ClassDice.Select(d => AblationText.Score(d, dice))]));
    }

    private static void Examples(HtmlPage page, AblationRunner runner, AblationTable table, CancellationToken cancellationToken)
    {
        AblationRow lead = runner.Rows[0];
        IReadOnlyList<FoldScores> leadScores = runner.ScoresOf(lead);
        List<string> blocks = [];
        foreach (TableRow shown in table.Rows.Where(r => r.Change is not null).OrderByDescending(r => Math.Abs(r.Change!.Mean)).Take(PicturedRows))
        {
            AblationRow row = runner.Rows.First(r => r.Name == shown.Name);
            (int Fold, string Case, double Base, double Other)[] pairs =
                [.. RowChange.Pairs(leadScores, runner.ScoresOf(row)).Where(p => p.Other != p.Base).OrderBy(p => p.Other - p.Base)];
            foreach ((int fold, string name, double first, double second) in pairs.Length < 2 ? pairs : [pairs[^1], pairs[0]])
            {
                cancellationToken.ThrowIfCancellationRequested();
                DatasetCase one = runner.Cases.First(c => c.Name == name);
                (Volume image, LabelMap truth) = one.Read();
                string what = HtmlPage.Text(row.Name);
                blocks.Add(Figure(image, truth, runner.LabelsOf(lead, fold, name, cancellationToken), lead, $"<b>base</b>: {HtmlPage.Text(name)}, Dice {HtmlPage.Number(first, "F3")}"));
                blocks.Add(Figure(image, truth, runner.LabelsOf(row, fold, name, cancellationToken), row,
                    $"<b>{what}</b>: {HtmlPage.Text(name)}, Dice {HtmlPage.Number(second, "F3")} ({100 * (second - first):+0.0;-0.0})"));
            }
        }
        if (blocks.Count == 0) return;
        page.Heading("Cases that changed most");
        page.Paragraph("For each row the case that gained most and the one that lost most. Left the base, right the row; white: truth; in colour: prediction.", faint: true);
        page.Side(blocks);
    }

    private static string Figure(Volume image, LabelMap truth, LabelMap labels, AblationRow row, string captionHtml)
    {
        Inference.Models.ModelClass[] classes = [.. row.Training.Options.Classes.Where(c => c.Id > 0)];
        using MemoryStream png = new();
        ContourPicture.Write(
            png, image, labels, classes.Select((c, n) => (c.Id, Colour: c.Colour ?? ValidationExamples.Palette[n % ValidationExamples.Palette.Count])).ToDictionary(c => c.Id, c => c.Colour),
            new ContourPictureOptions
            {
                Truth = truth, SlicesOfTruth = true, PanelPixels = 240, Names = classes.ToDictionary(c => c.Id, c => c.Name.ToUpperInvariant()),
            });
        return HtmlPage.Figure(png.ToArray(), captionHtml, $"Slices of a case by {row.Name}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
