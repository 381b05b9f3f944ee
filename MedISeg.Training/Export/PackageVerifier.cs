using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>Checks a package: its manifest and files as the service does, and its ONNX files against TorchSharp.</summary>
internal static class PackageVerifier
{
    /// <summary>Runs all checks.</summary>
    /// <param name="folder">The package: its parents carry its name and are the folder of packages.</param>
    /// <param name="cancellationToken">Checked once a member.</param>
    /// <returns>One finding a check.</returns>
    /// <exception cref="SegmentationException">ModelFailed: the manifest or a file is not valid; InvalidOption: the package does not say which
    /// network it holds.</exception>
    public static IReadOnlyList<PackageFinding> Verify(string folder, CancellationToken cancellationToken)
    {
        DirectoryInfo package = new(Path.GetFullPath(folder));
        ModelManifest manifest = ManifestReader.Read(package.FullName);
        List<PackageFinding> findings = [new("model.json fits its schema", true, "")];
        using (ModelCatalog catalog = new(new ModelCatalogOptions { Root = package.Parent!.Parent!.FullName, Providers = ["cpu"] }))
            catalog.Load(manifest.Name, manifest.Version, cancellationToken);
        findings.Add(new("hashes, names and shapes of all members; one patch ran", true, ""));

        Network network = Network.Of(NetworkOf(manifest));
        IReadOnlyList<int> patch = manifest.Network.PatchSize;
        IReadOnlyList<ParityCase> cases = ParityCase.For(
            network.Options, patch.Count == 3 ? new GridSize(patch[0], patch[1], patch[2]) : new GridSize(1, patch[0], patch[1]));
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        weights.FillByHash();
        findings.AddRange(Compare("hash-filled weights", network, weights, OnnxFile.Write(network, weights.ToArrays()), cases));
        foreach (ModelMember member in manifest.Members)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] onnx = File.ReadAllBytes(Path.Combine(package.FullName, member.File));
            Fill(weights, OnnxFile.ReadWeights(onnx), member.File);
            findings.AddRange(Compare(member.File, network, weights, onnx, cases));
        }
        return findings;
    }

    private static PackageFinding[] Compare(
        string what, Network network, NetworkWeights weights, byte[] onnx, IReadOnlyList<ParityCase> cases) =>
    [
        .. cases.Select(sides =>
        {
            ParityResult parity = ParityCheck.Compare(network, weights, onnx, sides.Batch, sides.Sides);
            return new PackageFinding($"{what}, {sides}: ONNX Runtime equals TorchSharp", parity.Passed,
                $"difference {parity.MaxDifference:E1} of range {parity.Range:F2}, {parity.NearTies} near ties, {parity.WrongVoxels} wrong voxels");
        }),
    ];

    private static UNetOptions NetworkOf(ModelManifest manifest)
    {
        if (manifest.Training is { ValueKind: JsonValueKind.Object } training && training.TryGetProperty("network", out JsonElement network))
            return network.Deserialize<UNetOptions>(SegmentationOptions.Json)!;
        throw new SegmentationException(ErrorCode.InvalidOption,
            "The package does not say which network it holds (training.network in model.json); only packages of the verb export can be compared.");
    }

    private static void Fill(NetworkWeights weights, IReadOnlyDictionary<string, float[]> values, string file)
    {
        foreach (ParameterInfo parameter in weights.Parameters)
        {
            if (!values.TryGetValue(parameter.Name, out float[]? stored) || stored.Length != parameter.Count)
                throw new SegmentationException(ErrorCode.ModelFailed, $"{file} lacks {parameter.Name} or holds it in another size; export it again.");
            stored.CopyTo(weights.Values(parameter));
        }
    }
}

/// <summary>Outcome of one check.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Numbers">What was measured; empty: nothing.</param>
internal sealed record PackageFinding(string Check, bool Passed, string Numbers);
