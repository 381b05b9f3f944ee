using MedISeg.Training.Evaluation;
using MedISeg.Training.Evaluation.Statistics;

namespace MedISeg.Training.Ablation;

/// <summary>What an ablation shows so far.</summary>
/// <param name="Rows">The base first.</param>
/// <param name="Classes">Foreground classes.</param>
internal sealed record AblationTable(IReadOnlyList<TableRow> Rows, IReadOnlyList<string> Classes)
{
    /// <summary>Scores shown, with the paper's first.</summary>
    public static IReadOnlyList<ScoreKind> Shown { get; } =
        [.. ((string[])["recall", "precision", ScoreKind.Dice, "iou", "surfaceDice", "hd95Mm"]).Select(key => ScoreKind.All.First(kind => kind.Key == key))];

    /// <summary>Sums up the scores that are there.</summary>
    /// <remarks>Of a case counts the mean of its classes and seeds; p-values are corrected by Holm over all rows that have one.</remarks>
    public static AblationTable Of(AblationRunner runner)
    {
        AblationRow lead = runner.Rows[0];
        IReadOnlyList<FoldScores> leadScores = runner.ScoresOf(lead);
        string[] classes = [.. lead.Training.Options.Classes.Skip(1).Select(c => c.Name)];
        TableRow[] rows = [.. runner.Rows.Select(row => Row(runner, row, lead, leadScores, classes))];
        double[] byCase = Holm([.. rows.Select(r => r.Change?.PCases)]), byFold = Holm([.. rows.Select(r => r.Change?.PFolds)]);
        return new AblationTable(
            [.. rows.Select((r, n) => r.Change is null ? r : r with { Change = r.Change with { PCasesHolm = Known(byCase[n]), PFoldsHolm = Known(byFold[n]) } })],
            classes);

        static double? Known(double value) => double.IsNaN(value) ? null : value;
    }

    /// <summary>Mean over classes and seeds of one score, for each case where it is defined.</summary>
    internal static Dictionary<string, double> ByCase(FoldScores fold, Func<LabelComparison, double?> score) =>
        fold.Results.SelectMany(cases => cases).GroupBy(one => one.Name)
            .Select(one => (one.Key, Values: one.SelectMany(c => c.Labels).Select(score).Where(v => v is not null).Select(v => v!.Value).ToArray()))
            .Where(one => one.Values.Length > 0).ToDictionary(one => one.Key, one => one.Values.Average());

    private static TableRow Row(AblationRunner runner, AblationRow row, AblationRow lead, IReadOnlyList<FoldScores> leadScores, string[] classes)
    {
        IReadOnlyList<FoldScores> scores = runner.ScoresOf(row);
        (int steps, RunTiming? timing) = runner.BudgetOf(row);
        double[] seconds = [.. scores.SelectMany(f => f.Results).SelectMany(cases => cases).Select(c => c.Seconds)];
        return new TableRow(
            row.Name, row.Category, row.Tricks, scores.Count, runner.Folds,
            Shown.ToDictionary(kind => kind.Key, kind => FoldMean.Of(scores, kind.Of)),
            [.. classes.Select(name => FoldMean.Of(scores, l => l.Name == name ? l.Dice : null))],
            row == lead || row.Key == lead.Key ? null : RowChange.Of(leadScores, scores, runner.Folds > 1 ? 1.0 / (runner.SplitFolds - 1) : null),
            steps, timing?.SecondsPerStep, seconds.Length == 0 ? null : seconds.Average(), row != lead && row.Key == lead.Key,
            runner.Failures.GetValueOrDefault(row.Name) ?? row.Note, row.Published);
    }

    private static double[] Holm(double?[] values)
    {
        double[] adjusted = HolmCorrection.Adjust([.. values.Where(v => v is not null).Select(v => v!.Value)]);
        int next = 0;
        return [.. values.Select(v => v is null ? double.NaN : adjusted[next++])];
    }
}

/// <summary>One row of the table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Category">Heading.</param>
/// <param name="Tricks">Tricks by the paper's names.</param>
/// <param name="Folds">Folds that are scored.</param>
/// <param name="AllFolds">Folds to be scored.</param>
/// <param name="Scores">By the key of <see cref="ScoreKind"/>; null: nothing is defined.</param>
/// <param name="ClassDice">Dice of each foreground class.</param>
/// <param name="Change">Change of Dice against the base; null: the base, a row with its options, or nothing to compare.</param>
/// <param name="Steps">Steps of each training; 0: not known yet.</param>
/// <param name="SecondsPerStep">Pace; null: not taken.</param>
/// <param name="SecondsPerCase">Mean time of a segmentation.</param>
/// <param name="EqualsBase">Whether its options are the base's.</param>
/// <param name="Note">What a reader should know.</param>
/// <param name="Published">What the paper found.</param>
internal sealed record TableRow(
    string Name, string Category, IReadOnlyList<string> Tricks, int Folds, int AllFolds, IReadOnlyDictionary<string, FoldMean?> Scores,
    IReadOnlyList<FoldMean?> ClassDice, RowChange? Change, int Steps, double? SecondsPerStep, double? SecondsPerCase, bool EqualsBase, string? Note,
    IReadOnlyList<PublishedChange> Published);

/// <summary>One score of a row.</summary>
/// <param name="Mean">Mean of all cases that define it.</param>
/// <param name="Spread">Standard deviation of the folds' means, n - 1; null below two folds.</param>
internal sealed record FoldMean(double Mean, double? Spread)
{
    /// <summary>Sums up; null where no case defines it.</summary>
    public static FoldMean? Of(IReadOnlyList<FoldScores> folds, Func<LabelComparison, double?> score)
    {
        double[][] values = [.. folds.Select(f => AblationTable.ByCase(f, score).Values.ToArray()).Where(v => v.Length > 0)];
        return values.Length == 0 ? null : new FoldMean(values.SelectMany(v => v).Average(), Deviation([.. values.Select(v => v.Average())]));
    }

    /// <summary>Standard deviation; null below two values.</summary>
    internal static double? Deviation(double[] values)
    {
        if (values.Length < 2) return null;
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }
}

/// <summary>Change of Dice against the base on the same cases.</summary>
/// <param name="Cases">Cases of both where truth or a prediction holds a class.</param>
/// <param name="Mean">Mean of the differences.</param>
/// <param name="Low">Lower end of its 95 % interval, by drawing cases anew.</param>
/// <param name="High">Upper end.</param>
/// <param name="Spread">Standard deviation of the folds' mean differences; null below two.</param>
/// <param name="PCases">Wilcoxon's signed-rank test over cases.</param>
/// <param name="PFolds">Corrected t-test over folds (Nadeau and Bengio); null below two folds.</param>
internal sealed record RowChange(int Cases, double Mean, double Low, double High, double? Spread, double PCases, double? PFolds)
{
    private const int Draws = 5000;

    /// <summary><see cref="PCases"/> corrected for all rows.</summary>
    public double? PCasesHolm { get; init; }

    /// <summary><see cref="PFolds"/> corrected for all rows.</summary>
    public double? PFoldsHolm { get; init; }

    /// <summary>Dice by fold and case, of folds that both have.</summary>
    /// <remarks>A class that any of the compared maps holds counts in all of them, and two empty maps agree: 1. Otherwise a false alarm that
    /// a row adds or removes would leave the comparison together with its case.</remarks>
    internal static IReadOnlyList<(int Fold, string Case, double Base, double Other)> Pairs(IReadOnlyList<FoldScores> lead, IReadOnlyList<FoldScores> other) =>
    [
        .. lead.Join(other, f => f.Fold, f => f.Fold, (a, b) => (a, b)).SelectMany(pair =>
        {
            ILookup<(string Case, int Label), double?> first = Dice(pair.a), second = Dice(pair.b);
            return first.Where(one => second.Contains(one.Key) && one.Concat(second[one.Key]).Any(dice => dice is not null))
                .GroupBy(one => one.Key.Case).OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => (pair.a.Fold, one.Key, one.Average(c => c.Average(d => d ?? 1)), one.Average(c => second[c.Key].Average(d => d ?? 1))));
        }),
    ];

    private static ILookup<(string Case, int Label), double?> Dice(FoldScores fold) => fold.Results.SelectMany(cases => cases)
        .SelectMany(one => one.Labels.Select(l => (one.Name, l))).ToLookup(one => (one.Name, one.l.Label), one => one.l.Dice);

    /// <summary>Compares; null where no fold is common.</summary>
    /// <param name="lead">The base.</param>
    /// <param name="other">The row.</param>
    /// <param name="testShare">Held-out cases / training cases of a fold; null: one fold.</param>
    public static RowChange? Of(IReadOnlyList<FoldScores> lead, IReadOnlyList<FoldScores> other, double? testShare)
    {
        IReadOnlyList<(int Fold, string Case, double Base, double Other)> pairs = Pairs(lead, other);
        if (pairs.Count == 0) return null;
        double[] first = [.. pairs.Select(p => p.Base)], second = [.. pairs.Select(p => p.Other)];
        double[] differences = [.. pairs.Select(p => p.Other - p.Base)];
        (double low, double high) = Bootstrap.MeanInterval(differences, seed: 0, draws: Draws);
        (double Base, double Other)[] folds = [.. pairs.GroupBy(p => p.Fold).Select(f => (f.Average(p => p.Base), f.Average(p => p.Other)))];
        return new RowChange(
            pairs.Count, differences.Average(), low, high, FoldMean.Deviation([.. folds.Select(f => f.Other - f.Base)]), PairedTests.Wilcoxon(first, second).PValue,
            folds.Length < 2 || testShare is not { } share ? null : PairedTests.CorrectedResampledT([.. folds.Select(f => f.Base)], [.. folds.Select(f => f.Other)], share).PValue);
    }
}
