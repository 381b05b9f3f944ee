using System.CommandLine;
using MedISeg.Inference.Options;
using MedISeg.Training.Export;

namespace MedISeg.Training.Verbs;

/// <summary><c>export</c>: runs to a model package.</summary>
internal static class ExportVerb
{
    private static readonly Option<string[]> Runs = new("--run") { Description = "Run folder; give it once for each member, in order.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "Folder of packages; the package goes to OUT/NAME/VERSION.", DefaultValueFactory = _ => "models" };
    private static readonly Option<string> Name = new("--name") { Description = "Name of the package: lower-case letters, digits and hyphens.", Required = true };
    private static readonly Option<string> PackageVersion = new("--package-version") { Description = "Version of the package.", DefaultValueFactory = _ => "1" };
    private static readonly Option<string> IntendedUse = new("--intended-use") { Description = "What the package may be used for.", DefaultValueFactory = _ => "research only" };
    private static readonly Option<string> Licence = new("--licence") { Description = "SPDX identifier.", DefaultValueFactory = _ => "Apache-2.0" };
    private static readonly Option<string?> Description = new("--description") { Description = "More about the package." };
    private static readonly Option<string?> Data = new("--data-note") { Description = "The training data in words." };
    private static readonly Option<string?> Split = new("--split-note") { Description = "How the data were split, in words." };
    private static readonly Option<string?> Defaults = new("--defaults") { Description = "JSON file with the package's default options (docs/schemas/options.schema.json)." };
    private static readonly Option<bool> AllViews = new("--all-views") { Description = "Allow every view of test-time augmentation that fits the patch, not only those that the training showed." };
    private static readonly Option<bool> OverSlices = new("--over-slices") { Description = "Write 3-D convolutions as 2-D ones over slices, which ONNX Runtime computes faster on a processor and with more memory." };
    private static readonly Option<string?> CheckpointName = new("--checkpoint") { Description = "best or last. Without it the best one, or the last where nothing was validated." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        CheckpointName.AcceptOnlyFromAmong("best", "last");
        Command command = new("export",
            "Writes a model package: model.json, one ONNX file a run, and a card. Each ONNX file is compared with TorchSharp on several sides before " +
            "anything is written. Runs must share inputs, grid, intensity, classes, patch size and network.")
        {
            Runs, Out, Name, PackageVersion, IntendedUse, Licence, Description, Data, Split, Defaults, AllViews, OverSlices, CheckpointName,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(_ => Run(parsed), token));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        PackageOptions package = new()
        {
            Name = parsed.GetRequiredValue(Name),
            Version = parsed.GetRequiredValue(PackageVersion),
            IntendedUse = parsed.GetRequiredValue(IntendedUse),
            Licence = parsed.GetRequiredValue(Licence),
            Description = parsed.GetValue(Description),
            Data = parsed.GetValue(Data),
            Split = parsed.GetValue(Split),
            AllViews = parsed.GetValue(AllViews),
            Defaults = parsed.GetValue(Defaults) is { } path ? OptionsReader.Parse(File.ReadAllText(path)) : null,
        };
        TrainedMember[] members = [.. parsed.GetRequiredValue(Runs).Select(run => TrainedMember.Read(run, parsed.GetValue(CheckpointName), parsed.GetValue(OverSlices)))];
        string folder = PackageWriter.Write(parsed.GetRequiredValue(Out), members, package);
        Console.WriteLine($"Wrote {members.Length} member(s), {members.Sum(m => m.Onnx.LongLength) / 1024} KiB, to {folder}. Fill in card.md.");
        return ExitCodes.Success;
    }
}
