using System.CommandLine;
using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Training;

namespace MedISeg.Benchmarks.Targets;

/// <summary>Measures what is demanded of an area against its peers, alternating in one run.</summary>
internal static class TargetsCommand
{
    private static readonly Option<string> Area = new("--area") { Description = "What to measure: training or engine.", Required = true };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Alternating measurements, of which the smallest counts.", DefaultValueFactory = _ => 4 };
    private static readonly Option<bool> Quick = new("--quick") { Description = "Smaller sizes, to try it on a busy machine; the targets are those of the full sizes." };
    private static readonly Option<string[]> Only = new("--only") { Description = "Parts of the engine to measure instead of all: " + string.Join(", ", EngineTargets.PartNames) + ".", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Python = new("--python") { Description = "Python with the peers to compare with.", DefaultValueFactory = _ => "/usr/bin/python3" };

    /// <summary>The command.</summary>
    public static RootCommand Create()
    {
        Area.AcceptOnlyFromAmong("training", "engine");
        Only.AcceptOnlyFromAmong(EngineTargets.PartNames);
        RootCommand command = new(
            "Compares us with our peers: one line a row with ours, peer, ratio, target and peak memory. CPU seconds of one thread, the smallest " +
            "of alternating runs. Ends with 1 when a target is missed.") { Area, Only, Rounds, Quick, Python };
        Rounds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValue(Rounds) < 1) result.AddError("--rounds must be at least 1");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(Area) == "training" && result.GetValue(Only) is [_, ..]) result.AddError("--only goes with --area engine");
        });
        command.SetAction(parsed =>
        {
            int rounds = parsed.GetValue(Rounds);
            bool quick = parsed.GetValue(Quick);
            string python = parsed.GetRequiredValue(Python);
            return Run(parsed.GetValue(Area) == "training"
                ? TrainingTargets.Measure(rounds, quick, python)
                : EngineTargets.Measure(parsed.GetValue(Only) ?? [], rounds, quick, python));
        });
        return command;
    }

    private static int Run(IEnumerable<TargetRow> rows)
    {
        bool met = true;
        foreach (TargetRow row in rows)
        {
            Console.WriteLine(row);
            met &= row.Met;
        }
        return met ? 0 : 1;
    }
}
