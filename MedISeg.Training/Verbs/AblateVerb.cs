using System.CommandLine;
using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Ablation;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;
using Spectre.Console;

namespace MedISeg.Training.Verbs;

/// <summary><c>ablate</c>: which tricks help on the user's data.</summary>
internal static class AblateVerb
{
    private static readonly Option<string?> Plan = new("--plan") { Description = "Plan as JSON (docs/schemas/ablate.schema.json): the base's training options, and the tricks to compare with it." };
    private static readonly Option<string[]> Data = new("--data") { Description = "Data folder (layouts: docs/training.md, Data); may be given several times." };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder for trainings, label maps, scores and the report; an ablation that was begun there is continued." };
    private static readonly Option<double?> Minutes = new("--minutes") { Description = "Overrides minutes and steps: time of each training." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "Overrides steps and minutes: steps of each training." };
    private static readonly Option<int?> Folds = new("--folds") { Description = "Overrides folds: how many folds of the split are run." };
    private static readonly Option<int?> Parallel = new("--parallel") { Description = "Trainings at a time, 1 to 64. Without it as many as folds, cores and memory allow." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "List what would be trained, with its time, and train nothing but the 20 steps that take the time." };
    private static readonly Option<bool> ReportOnly = new("--report-only") { Description = "Train nothing: score what is trained and write the report of it; where the ablation is under way, of what it has scored." };
    private static readonly Option<bool> Rescore = new("--rescore") { Description = "Work out all scores again from the kept label maps." };
    private static readonly Option<bool> ListTricks = new("--list-tricks") { Description = "List the tricks that a plan can name, and end." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("ablate",
            "Trains a base and, one at a time, the tricks of a plan on folds of your data, and tells which of them help: mean, spread, change, interval " +
            "and corrected p-values, as table.md, table.csv and report.html in --out. Each training is a process of its own. It can be stopped at any " +
            "moment (Ctrl-C, or a power cut) and continues when the same command is given again. A test set of --splits is never read.")
        {
            Plan, Data, DataArguments.Splits, Out, Minutes, Steps, Folds, Parallel, DryRun, ReportOnly, Rescore, ListTricks,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(ListTricks)) return List();
        string planPath = Needed(parsed, Plan), outPath = Needed(parsed, Out);
        AblationPlan plan = Overridden(parsed, AblationPlanReader.Read(planPath));
        string[] data = parsed.GetValue(Data) is { Length: > 0 } given ? given : throw new SegmentationException(ErrorCode.InvalidOption, "--data is needed: name the data folder.");
        bool reportOnly = parsed.GetValue(ReportOnly), rescore = parsed.GetValue(Rescore);
        // One that is under way keeps its folder; its scores so far can be reported all the same.
        using IDisposable? held = reportOnly && !rescore ? RunLock.TryTake(outPath) : RunLock.Take(outPath);
        TrainOptions lead = new RowResolver(plan).Options;
        IReadOnlyList<DatasetCase> cases = [.. data.SelectMany(path => DatasetFolder.List(path, lead.Data))];
        DataSplit? named = DataArguments.Split(parsed);
        AblationFolder folder = new(
            outPath, () => named ?? FoldMaker.Make(DataArguments.Strata(cases, cancellationToken), lead.Folds, lead.Seed), named is not null);
        AblationRunner runner = new(plan, folder, [.. data.Select(Path.GetFullPath)], cases, parsed.GetValue(Parallel), Say);
        if (parsed.GetValue(DryRun)) return Dry(runner, cancellationToken);

        string planText = File.ReadAllText(planPath);
        File.WriteAllText(folder.ResultPath("plan.json"), planText);
        if (rescore) runner.ForgetScores();
        try
        {
            if (reportOnly)
            {
                if (held is not null) runner.ScoreReady(cancellationToken);
                runner.AddCombined();
                if (held is not null) runner.ScoreReady(cancellationToken);
            }
            else runner.Run(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // What is there is worth a report; it takes seconds.
            AblationReport.Write(runner, folder, planText, CancellationToken.None);
            Console.WriteLine($"Stopped; the report of what is done is {folder.ResultPath("report.html")}. Give the same command to continue.");
            return ExitCodes.Cancelled;
        }
        Console.WriteLine(AblationText.Markdown(AblationReport.Write(runner, folder, planText, cancellationToken)));
        Console.WriteLine($"Wrote table.md, table.csv, table.json and report.html to {Path.GetDirectoryName(folder.ResultPath("report.html"))}.");
        foreach ((string row, string fault) in runner.Failures) Console.Error.WriteLine($"{row}: {fault}");
        return runner.Failures.Count == 0 ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    private static AblationPlan Overridden(ParseResult parsed, AblationPlan plan)
    {
        double? minutes = parsed.GetValue(Minutes);
        int? steps = parsed.GetValue(Steps), folds = parsed.GetValue(Folds), parallel = parsed.GetValue(Parallel);
        if (minutes is not null && steps is not null) throw Fault("--minutes and --steps exclude each other; give one of them");
        if (minutes is <= 0 or > 100_000 or double.NaN) throw Fault("--minutes must be above 0 and at most 100000");
        if (steps is < 1 or > 100_000_000) throw Fault("--steps must be 1 to 100000000");
        if (folds is < 1) throw Fault("--folds must be 1 or more");
        if (parallel is < 1 or > 64) throw Fault("--parallel must be 1 to 64");
        if (minutes is not null) plan = plan with { Minutes = minutes, Steps = null };
        if (steps is not null) plan = plan with { Steps = steps, Minutes = null };
        return plan with { Folds = folds ?? plan.Folds };
    }

    private static int Dry(AblationRunner runner, CancellationToken cancellationToken)
    {
        runner.Prepare(isEstimated: true, cancellationToken);
        IReadOnlyList<PlannedTraining> all = runner.Left(runner.Rows);
        Table table = new() { Border = TableBorder.Simple };
        foreach (string column in (string[])["row", "stage", "trainings left", "steps", "hours"]) table.AddColumn(column);
        HashSet<PlannedTraining> listed = [];
        foreach (AblationRow row in runner.Rows)
        {
            // A training that several rows share is listed with the first.
            PlannedTraining[] own = [.. runner.Left([row]).Where(listed.Add)];
            int steps = runner.BudgetOf(row).Steps;
            table.AddRow(
                Markup.Escape(row.Name), row.Category, own.Length.ToString(CultureInfo.InvariantCulture),
                steps > 0 ? steps.ToString(CultureInfo.InvariantCulture) : "-", Hours(runner.TimeOf(own) * runner.Parallel()));
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"{all.Count} trainings, {runner.Parallel()} at a time: about {Hours(runner.TimeOf(all))} hours, scores not counted.");
        return ExitCodes.Success;
    }

    private static int List()
    {
        foreach (IGrouping<string, TrickPreset> category in TrickPresets.All.GroupBy(t => t.Category))
        {
            Console.WriteLine(category.Key);
            foreach (IGrouping<string, TrickPreset> trick in category.GroupBy(t => t.Name))
            {
                string dimensions = trick.Any(t => t.Dimensionality is null) || trick.Count() > 1 ? "2-D, 3-D" : $"{trick.First().Dimensionality}-D";
                string needs = trick.First().Needs is { } need ? $"; its row must give {need switch { TrickNeed.Encoder => "encoder", TrickNeed.Synthetic => "synthetic", _ => "train.grid.spacing" }}" : "";
                Console.WriteLine($"  {trick.Key} ({dimensions}{needs})");
            }
        }
        return ExitCodes.Success;
    }

    private static void Say(string line)
    {
        lock (Console.Out) Console.WriteLine(line);
    }

    private static string Needed(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) ?? throw Fault($"{option.Name} is needed");

    private static string Hours(TimeSpan? time) => time?.TotalHours.ToString("F2", CultureInfo.InvariantCulture) ?? "?";

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
