using System.CommandLine;
using MedISeg.Benchmarks.Dicom;
using MedISeg.Benchmarks.Engine;
using MedISeg.Benchmarks.Training;

namespace MedISeg.Benchmarks.Targets;

/// <summary>Measures what is demanded of an area against its peers, alternating in one run.</summary>
internal static class TargetsCommand
{
    private static readonly Option<string> Area = new("--area") { Description = "What to measure: training, engine or dicom.", Required = true };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "Alternating measurements, of which the smallest counts.", DefaultValueFactory = _ => 4 };
    private static readonly Option<bool> Quick = new("--quick") { Description = "Smaller sizes, to try it on a busy machine; the targets are those of the full sizes." };
    private static readonly Option<string[]> Only = new("--only")
    {
        Description = $"Parts to measure instead of all; engine: {string.Join(", ", EngineTargets.PartNames)}; dicom: {string.Join(", ", DicomTargets.PartNames)}.",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string> Python = new("--python") { Description = "Python with the peers to compare with.", DefaultValueFactory = _ => "/usr/bin/python3" };

    /// <summary>The command.</summary>
    public static RootCommand Create()
    {
        Area.AcceptOnlyFromAmong("training", "engine", "dicom");
        RootCommand command = new(
            "Compares us with our peers: one line a row with ours, peer, ratio, target and peak memory. CPU seconds of one thread, the smallest " +
            "of alternating runs. Ends with 1 when a target is missed.") { Area, Only, Rounds, Quick, Python };
        Rounds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.GetValue(Rounds) < 1) result.AddError("--rounds must be at least 1");
        });
        command.Validators.Add(result =>
        {
            string[] known = result.GetValue(Area) switch { "engine" => EngineTargets.PartNames, "dicom" => DicomTargets.PartNames, _ => [] };
            foreach (string part in (result.GetValue(Only) ?? []).Except(known))
                result.AddError($"--only {part} does not go with this area; it has {(known.Length == 0 ? "no parts" : string.Join(", ", known))}");
        });
        command.SetAction(parsed =>
        {
            int rounds = parsed.GetValue(Rounds);
            bool quick = parsed.GetValue(Quick);
            string python = parsed.GetRequiredValue(Python);
            string[] parts = parsed.GetValue(Only) ?? [];
            return Run(parsed.GetValue(Area) switch
            {
                "training" => TrainingTargets.Measure(rounds, quick, python),
                "engine" => EngineTargets.Measure(parts, rounds, quick, python),
                _ => DicomTargets.Measure(parts, rounds, quick, python),
            });
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
