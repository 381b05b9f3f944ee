using System.CommandLine;
using MedISeg.Training.Export;

namespace MedISeg.Training.Verbs;

/// <summary><c>verify</c>: checks a model package.</summary>
internal static class VerifyVerb
{
    private static readonly Option<string> Package = new("--package") { Description = "Folder of the package, such as models/NAME/VERSION.", Required = true };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        Command command = new("verify",
            "Checks a model package: schema, hashes, names and shapes, and that ONNX Runtime gives TorchSharp's logits (difference at most 1e-4 of " +
            "their range, same class at every voxel but near ties) on hash-filled and on the stored weights, on several sides. Exit code 1: it does not.")
        {
            Package,
        };
        command.SetAction((parsed, token) => VerbRunner.RunAsync(cancelled =>
        {
            IReadOnlyList<PackageFinding> findings = PackageVerifier.Verify(parsed.GetRequiredValue(Package), cancelled);
            foreach (PackageFinding finding in findings)
                Console.WriteLine($"{(finding.Passed ? "ok    " : "FAILED")} {finding.Check}{(finding.Numbers.Length > 0 ? $" ({finding.Numbers})" : "")}");
            return findings.All(f => f.Passed) ? ExitCodes.Success : ExitCodes.CheckFailed;
        }, token));
        return command;
    }
}
