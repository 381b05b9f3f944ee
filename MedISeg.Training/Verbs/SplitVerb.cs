using System.CommandLine;
using System.Globalization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Data;
using MedISeg.Training.Data.Splits;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Verbs;

/// <summary><c>split</c>: fixes a test set and folds in a file.</summary>
internal static class SplitVerb
{
    private static readonly Option<string> Out = new("--out") { Description = "JSON file to write; an existing one is not replaced.", Required = true };
    private static readonly Option<string> Set = new("--set") { Description = "Name of the set in the file.", DefaultValueFactory = _ => "cases" };
    private static readonly Option<string?> Config = new("--config") { Description = "Training options as JSON, whose key data says how files are read, grouped and stratified." };
    private static readonly Option<int> Folds = new("--folds") { Description = "Number of folds.", DefaultValueFactory = _ => 5 };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the order in which groups are dealt.", DefaultValueFactory = _ => 2022 };
    private static readonly Option<double> Test = new("--test") { Description = "Share of the cases for the test set, in [0, 1).", DefaultValueFactory = _ => 0.2 };
    private static readonly Option<string?> Group = new("--group") { Description = "Overrides data.groupPattern: the patient in a case's name, such as ^(.*)-IM-." };
    private static readonly Option<string?> Kind = new("--kind") { Description = "Overrides data.kindPattern: the kind in a case's name, such as ^[a-z]+." };
    private static readonly Option<string?> Stratify = new Option<string?>("--stratify")
    {
        Description = "Overrides data.stratify: kind, classes (which classes a case holds; reads all labels), or none.",
    }.AcceptOnlyFromAmong("kind", "classes", "none");
    private static readonly Option<int?> Position = new("--by-position")
    {
        Description = "The paper's split instead: this fold, by position in the order of names, is the test set; fold 0 is validated on, fold 1 trained on.",
    };
    private static readonly Option<double> Share = new("--validation-share")
    {
        Description = "With --by-position: share of the rest that is validated on; the paper has 0.2 in 2-D and 0.1 in 3-D.",
        DefaultValueFactory = _ => 0.2,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("split",
            "Fixes a test set and folds in a file that train and evaluate take as --splits. Cases of one group (patient) stay together; kinds or " +
            "classes are spread evenly. The test set is never seen by training, validation or statistics.")
        {
            DataArguments.Data, DataArguments.Format, Config, Out, Set, Folds, Seed, Test, Group, Kind, Stratify, Position, Share,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled => Run(parsed, cancelled), token));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(Out), set = parsed.GetRequiredValue(Set);
        if (File.Exists(path)) throw Fault($"{path} exists already, and a test set is fixed once; remove the file or name another one");
        if (set is "" or "rule" || set.Contains(':', StringComparison.Ordinal)) throw Fault("--set needs a name without colon, other than rule");
        int folds = parsed.GetValue(Folds), seed = parsed.GetValue(Seed);
        if (folds is < 2 or > 1000) throw Fault("--folds needs a number from 2 to 1000");
        DataOptions options = Options(parsed);
        IReadOnlyList<DatasetCase> cases = DataArguments.Cases(parsed, options);
        if (options.Exclude.Count > 0) DatasetFolder.CheckExcluded(parsed.GetRequiredValue(DataArguments.Data), options, null);
        DataSplit split;
        string rule;
        if (parsed.GetValue(Position) is { } fold)
        {
            if (fold < 0 || fold >= folds) throw Fault("--by-position needs a fold in 0..folds-1");
            double share = Fraction(Share, parsed);
            split = FoldMaker.ByPosition([.. cases.Select(c => c.Name)], folds, fold, share);
            rule = string.Create(CultureInfo.InvariantCulture, $"by position in the order of names, {folds} parts, part {fold} is the test set, the first {share} of the rest are fold 0");
        }
        else
        {
            double test = Fraction(Test, parsed);
            split = FoldMaker.Make(DataArguments.Strata(cases, cancellationToken), folds, seed, test);
            rule = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, test share {test}, groups together, stratified by {options.Stratify.ToString().ToLowerInvariant()}");
        }
        // Nothing is written that training would refuse: a name twice, a group in two parts.
        split.Of([.. cases.Where(c => split.Contains(c.Name))], 0);
        SplitFile.Write(path, set, rule, split);
        Console.WriteLine($"Wrote {path}: {split.Test.Count} test cases, folds of {string.Join(", ", split.Folds.Select(f => f.Count))}.");
        foreach (IGrouping<string, DatasetCase> kind in cases.Where(c => c.Kind.Length > 0).GroupBy(c => c.Kind))
            Console.WriteLine($"{kind.Key}: {kind.Count(c => split.Test.Contains(c.Name))} in the test set, {string.Join(", ", split.Folds.Select(f => kind.Count(c => f.Contains(c.Name))))} in the folds.");
        return ExitCodes.Success;
    }

    private static DataOptions Options(ParseResult parsed)
    {
        DataOptions options = DataArguments.Options(parsed, parsed.GetValue(Config) is { } config ? TrainOptionsReader.Read(config).Data : new DataOptions());
        options = options with
        {
            GroupPattern = parsed.GetValue(Group) ?? options.GroupPattern,
            KindPattern = parsed.GetValue(Kind) ?? options.KindPattern,
            Stratify = parsed.GetValue(Stratify) is { } rule ? Enum.Parse<StratifyRule>(rule, ignoreCase: true) : options.Stratify,
        };
        return options.Check().FirstOrDefault() is { } error ? throw Fault($"{error.Key}: {error.Message.TrimEnd('.')}") : options;
    }

    private static double Fraction(Option<double> option, ParseResult parsed) =>
        parsed.GetValue(option) is >= 0 and < 1 and var value ? value : throw Fault($"{option.Name} needs a number in [0, 1)");

    private static SegmentationException Fault(string message) => new(ErrorCode.InvalidOption, message + ".");
}
