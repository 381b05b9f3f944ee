using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Inference.Prediction;
using MedISeg.Training.Data.Augmentation;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Export;

/// <summary>Writes a model package: model.json, one ONNX file a member, and a card to be filled in.</summary>
internal static class PackageWriter
{
    private static readonly string[] Axes = ["k", "j", "i"];
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };

    /// <summary>Writes <c>root/name/version</c>; an existing folder is not touched.</summary>
    /// <returns>The package's folder.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the runs differ in what a package shares, or the folder
    /// exists; ModelFailed: the manifest would not be valid.</exception>
    public static string Write(string root, IReadOnlyList<TrainedMember> members, PackageOptions package)
    {
        CheckAlike(members);
        string folder = Path.Combine(root, package.Name, package.Version);
        if (Directory.Exists(folder))
            throw new SegmentationException(ErrorCode.InvalidOption, "The package exists already; remove it or give another version.");
        ModelManifest manifest = Manifest(members, package);
        if (package.AllViews)
            manifest = manifest with
            {
                Views = new ModelViews { Allowed = [.. PatchView.Names.Where(name => PatchView.TryFind(name, out PatchView? view) && ViewResolver.Misfit(view!, manifest) is null)] },
            };
        string json = JsonSerializer.Serialize(manifest, Indented);
        ManifestReader.Parse(json);
        Directory.CreateDirectory(folder);
        for (int n = 0; n < members.Count; n++) File.WriteAllBytes(Path.Combine(folder, FileName(n)), members[n].Onnx);
        File.WriteAllText(Path.Combine(folder, ManifestReader.FileName), json + "\n");
        File.WriteAllText(Path.Combine(folder, "card.md"), ModelCard.Skeleton(manifest, members));
        return folder;
    }

    private static ModelManifest Manifest(IReadOnlyList<TrainedMember> members, PackageOptions package)
    {
        TrainOptions options = members[0].Options;
        return new ModelManifest
        {
            SchemaVersion = 1,
            Name = package.Name,
            Version = package.Version,
            Task = options.Task,
            Description = package.Description,
            IntendedUse = package.IntendedUse,
            Licence = package.Licence,
            Dimensionality = options.Network.Dimensionality,
            Inputs = options.Inputs,
            Colours = options.Data.Colours,
            Grid = options.Grid,
            Intensity = options.Intensity,
            Network = new ModelNetwork
            {
                PatchSize = options.PatchSize,
                ValidPadding = [.. options.PatchSize.Select(_ => 0)],
                Activation = ActivationKind.Softmax,
                Domain = ScoreDomain.Probabilities,
                Input = OnnxFile.Input,
                Output = OnnxFile.Output,
            },
            Classes = options.Classes,
            Members = [.. members.Select((member, n) => new ModelMember
            {
                File = FileName(n),
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(member.Onnx)),
                Fold = member.Options.Fold,
                Seed = member.Options.Seed,
            })],
            Views = new ModelViews { Allowed = Views(options) },
            Defaults = package.Defaults,
            Training = JsonSerializer.SerializeToElement(Provenance(members, package), SegmentationOptions.Json),
            Calibration = new ModelCalibration(),
        };
    }

    /// <summary>Views that the training showed: products of the axes that it mirrored.</summary>
    private static List<string> Views(TrainOptions options)
    {
        bool all = new AugmentationPlan(options.Augmentation, options.Network.Dimensionality).Has(AugmentationOperation.Flip);
        string[] axes = [.. Axes.Where(axis => (all || options.Augmentation.Flips.Contains(axis)) && (options.Network.Dimensionality == 3 || axis != "k"))];
        return [.. Enumerable.Range(1, (1 << axes.Length) - 1)
            .Select(set => "flip-" + string.Concat(axes.Where((_, n) => (set & 1 << n) != 0)))
            .OrderBy(name => name.Length)];
    }

    private static Dictionary<string, object?> Provenance(IReadOnlyList<TrainedMember> members, PackageOptions package)
    {
        TrainOptions options = members[0].Options;
        List<string> tricks = [JsonSerializer.SerializeToElement(options.Loss.Name, SegmentationOptions.Json).GetString()!];
        if (options.DeepSupervision is not null) tricks.Add("DeepS");
        if (options.Sampling.Foreground > 0) tricks.Add("foreground-sampling");
        tricks.AddRange(options.Augmentation.Operations.Select(operation => JsonSerializer.SerializeToElement(operation, SegmentationOptions.Json).GetString()!));
        if (options.Augmentation.Synthetic is not null) tricks.Add("GANAug");
        if (options.Augmentation.Flips.Count > 0) tricks.Add("flips");
        if (options.Augmentation.Intensity > 0) tricks.Add("intensity-jitter");
        if (options.EmaDecay is not null) tricks.Add("mean-weights");
        if (options.Pretrained is not null) tricks.Add("pre-training");
        return new Dictionary<string, object?>
        {
            ["data"] = package.Data,
            ["split"] = package.Split,
            // For evaluate; layout and names belong to one folder alone.
            ["reading"] = options.Data with { Format = null, Exclude = [] },
            ["tricks"] = tricks,
            ["metrics"] = new Dictionary<string, object?> { ["validationDice"] = members.Select(m => m.BestValidationDice()).ToArray() },
            ["pretrained"] = members.Any(m => m.Options.Pretrained is not null) ? members.Select(m => m.Options.Pretrained).ToArray() : null,
            ["steps"] = members.Select(m => m.Options.Steps).ToArray(),
            ["network"] = options.NetworkWithChannels(),
            ["code"] = typeof(PackageWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        };
    }

    private static void CheckAlike(IReadOnlyList<TrainedMember> members)
    {
        string[] shared = [.. members.Select(m => JsonSerializer.Serialize(
            new { m.Options.Inputs, m.Options.Data.Colours, m.Options.Grid, m.Options.Intensity, m.Options.Classes, m.Options.PatchSize, Network = m.Options.NetworkWithChannels() },
            SegmentationOptions.Json))];
        if (shared.Distinct().Count() > 1)
            throw new SegmentationException(ErrorCode.InvalidOption,
                "The runs differ in inputs, data.colours, grid, intensity, classes, patchSize or network; members of one package share them.");
    }

    private static string FileName(int member) => $"member-{member}.onnx";
}
