using System.Globalization;
using System.Text.Json;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Reports;

/// <summary>report.html of a run, made of the files in its folder alone.</summary>
internal static class RunReport
{
    private const int ListedCases = 10;

    /// <summary>Writes what the run shows so far.</summary>
    /// <param name="folder">The run.</param>
    /// <returns>The file.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException">InvalidOption: options.json cannot be read.</exception>
    public static string Write(RunFolder folder)
    {
        TrainOptions options = folder.ReadOptions();
        MetricsTable metrics = MetricsTable.Read(folder.MetricsPath);
        HtmlPage page = new($"Training: {options.Task}");
        page.Paragraph($"{Spelling(options.Network.Kind)}, {options.Network.Dimensionality}-D, fold {options.Fold} of {options.Folds}, seed {options.Seed}.", faint: true);
        Tiles(page, options, metrics);
        Curves(page, options, metrics);
        Examples(page, folder, options);
        Data(page, folder);
        page.Heading("Options");
        page.Folded("options.json", File.ReadAllText(folder.OptionsPath));
        string path = Path.Combine(folder.Root, "report.html");
        page.Save(path);
        return path;
    }

    /// <summary>Writes the summary of the data that the report shows.</summary>
    public static void StoreData(RunFolder folder, DataSummary data) => File.WriteAllText(DataPath(folder), JsonSerializer.Serialize(data, SegmentationOptions.Json));

    private static string DataPath(RunFolder folder) => Path.Combine(folder.Root, "data.json");

    private static void Tiles(HtmlPage page, TrainOptions options, MetricsTable metrics)
    {
        double[] steps = metrics.Column("step"), dice = metrics.Column("validation_dice");
        double done = steps.Length == 0 ? 0 : steps[^1];
        double best = dice.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max();
        TimeSpan time = metrics.Time();
        page.Tiles(
            (string.Create(CultureInfo.InvariantCulture, $"{done:F0} / {options.Steps}"), "steps"),
            (HtmlPage.Number(best, "F4"), double.IsNaN(best) ? "best validation Dice" : $"best validation Dice, step {steps[Array.IndexOf(dice, best)]:F0}"),
            (HtmlPage.Number(dice.LastOrDefault(double.NaN), "F4"), "last validation Dice"),
            (HtmlPage.Number(metrics.Column("loss").LastOrDefault(double.NaN), "G4"), "last loss"),
            (string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}"), "time with validation"),
            (done > 0 ? HtmlPage.Number(time.TotalMilliseconds / done, "F0") + " ms" : "–", "a step with validation"));
    }

    private static void Curves(HtmlPage page, TrainOptions options, MetricsTable metrics)
    {
        page.Heading("Curves");
        if (metrics.Count == 0)
        {
            page.Paragraph("No epoch is done yet.", faint: true);
            return;
        }
        double[] steps = metrics.Column("step"), diceLoss = metrics.Column("dice_loss"), crossEntropy = metrics.Column("cross_entropy");
        List<(string, IReadOnlyList<double>)> losses = [("loss", metrics.Column("loss"))];
        if (diceLoss.Any(double.IsFinite)) losses.Add(("Dice loss", diceLoss));
        if (crossEntropy.Any(double.IsFinite)) losses.Add(("cross-entropy", crossEntropy));
        int classes = options.Classes.Count - 1;
        double[][] each = metrics.Columns("validation_dice_per_class", classes);
        List<(string, IReadOnlyList<double>)> dice = [("validation, mean", metrics.Column("validation_dice"))];
        if (diceLoss.Any(double.IsFinite)) dice.Add(("training (1 - soft Dice loss)", [.. diceLoss.Select(d => 1 - d)]));
        if (classes > 1) dice.AddRange(each.Select((values, c) => ("validation, " + options.Classes[c + 1].Name, (IReadOnlyList<double>)values)));
        page.Side(
        [
            LineChart.Draw("Loss in training, mean of each epoch", steps, losses),
            LineChart.Draw("Dice", steps, dice),
            LineChart.Draw("Learning rate", steps, [("learning rate", metrics.Column("learning_rate"))]),
            LineChart.Draw("Norm of the gradient before its limit", steps, [("gradient norm", metrics.Column("gradient_norm"))]),
        ]);
    }

    private static void Examples(HtmlPage page, RunFolder folder, TrainOptions options)
    {
        if (ValidationExamples.Read(folder) is not { Cases.Count: > 0 } examples) return;
        page.Heading("Validation cases");
        page.Paragraph(
            "Slices through the largest extent of the truth, by the weights that are exported. White: truth; in colour: prediction. Scores are those on the network's grid.",
            faint: true);
        page.Side(examples.Cases.Where(c => c.Picture is not null).Select(c => ValidationExamples.Picture(folder, c.Picture!) is { } png
            ? HtmlPage.Figure(png, $"<b>{HtmlPage.Text(c.Picture!.Replace('-', ' '))}</b>: {HtmlPage.Text(c.Name)}, Dice {HtmlPage.Number(c.Mean, "F3")}", $"Slices of the {c.Picture} case")
            : "").Where(html => html.Length > 0));
        ScoredCase[] worst = [.. examples.Cases.Where(c => c.Mean is not null).Reverse().Take(ListedCases)];
        page.Heading($"Worst {worst.Length} of {examples.Cases.Count} validation cases");
        string[] names = [.. options.Classes.Skip(1).Select(c => ">" + c.Name)];
        page.Table(["case", ">mean Dice", .. names], worst.Select(c =>
            (IReadOnlyList<string>)[HtmlPage.Text(c.Name), HtmlPage.Number(c.Mean, "F3"), .. c.Dice.Select(d => HtmlPage.Number(d, "F3"))]));
    }

    private static void Data(HtmlPage page, RunFolder folder)
    {
        if (!File.Exists(DataPath(folder))) return;
        DataSummary data = JsonSerializer.Deserialize<DataSummary>(File.ReadAllText(DataPath(folder)), SegmentationOptions.Json)!;
        page.Heading("Data");
        page.Paragraph(string.Create(CultureInfo.InvariantCulture,
            $"{data.TrainingCases} training and {data.ValidationCases} validation cases; median grid {Join(data.MedianGrid, "0.#")} voxels of {Join(data.MedianSpacingMm, "0.###")} mm."));
        page.Table(["class", ">training cases with it", ">share of voxels"], data.Classes.Select(c =>
            (IReadOnlyList<string>)[HtmlPage.Text(c.Name), HtmlPage.Number(c.Cases, "F0"), HtmlPage.Number(100 * c.Voxels, "0.###") + " %"]));
    }

    private static string Join(IReadOnlyList<double> values, string format) => string.Join(" × ", values.Select(v => HtmlPage.Number(v, format)));

    private static string Spelling<T>(T value) => JsonSerializer.SerializeToElement(value, SegmentationOptions.Json).GetString()!;
}
