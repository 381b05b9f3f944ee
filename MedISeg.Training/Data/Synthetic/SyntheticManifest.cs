using System.Security.Cryptography;
using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Data.Synthetic;

/// <summary>What a folder of synthetic pairs says of where they came from: <c>synthetic.json</c> beside images and labels.</summary>
internal sealed record SyntheticManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "synthetic.json";

    /// <summary>1.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Parts that the cases were split into.</summary>
    public required int Folds { get; init; }

    /// <summary>Part that the pairs know nothing of.</summary>
    public required int Fold { get; init; }

    /// <summary>Seed of the split.</summary>
    public required int Seed { get; init; }

    /// <summary>Names of all cases that the pairs were made from.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>SHA-256 of what decides the preparation of a case, see <see cref="HashOf"/>; null: the pairs are stored as other cases are, and
    /// are prepared by the training.</summary>
    public string? Options { get; init; }

    /// <summary>Describes pairs that are made now.</summary>
    /// <param name="options">Resolved options of the training that the pairs are for.</param>
    /// <param name="cases">The cases they are made from.</param>
    public static SyntheticManifest Of(TrainOptions options, IReadOnlyList<DatasetCase> cases) => new()
    {
        SchemaVersion = 1, Folds = options.Folds, Fold = options.Fold, Seed = options.Seed, Cases = [.. cases.Select(c => c.Name)], Options = HashOf(options),
    };

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it is missing or damaged.</exception>
    public static SyntheticManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The folder of synthetic pairs has no {FileName}, which names the cases they were made from; make pairs with the verb train-gan.");
        try
        {
            return JsonSerializer.Deserialize<SyntheticManifest>(File.ReadAllText(path), SegmentationOptions.Json) is { Cases: not null } manifest
                ? manifest : throw new JsonException();
        }
        catch (JsonException fault)
        {
            throw new SegmentationException(ErrorCode.InvalidOption, $"{FileName} of the synthetic pairs is damaged; make them anew with the verb train-gan.", fault);
        }
    }

    /// <summary>Writes the manifest of a folder.</summary>
    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, SegmentationOptions.Json));

    /// <summary>Refuses pairs that know of cases which the training must not see.</summary>
    /// <param name="options">Resolved options of the training.</param>
    /// <param name="training">Its training part.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: another split, cases outside of the training part, or
    /// another preparation.</exception>
    public void Check(TrainOptions options, IReadOnlyList<DatasetCase> training)
    {
        if ((Folds, Fold, Seed) != (options.Folds, options.Fold, options.Seed))
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The synthetic pairs were made for fold {Fold} of {Folds} with seed {Seed}, this is fold {options.Fold} of {options.Folds} with seed " +
                $"{options.Seed}; make pairs for this fold with the verb train-gan.");
        HashSet<string> known = [.. training.Select(c => c.Name)];
        int foreign = Cases.Count(name => !known.Contains(name));
        if (foreign > 0)
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"{foreign} of {Cases.Count} cases that the synthetic pairs were made from are not in this training part, so validation would be " +
                "seen; make pairs for this fold with the verb train-gan.");
        if (Options is not null && Options != HashOf(options))
            throw new SegmentationException(ErrorCode.InvalidOption,
                "The synthetic pairs were made with other inputs, grid, intensity, preparation or classes; make them anew with these options.");
    }

    /// <summary>SHA-256 of inputs, grid, intensity steps, preparation and class ids, hexadecimal.</summary>
    internal static string HashOf(TrainOptions options) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Inputs = options.Inputs.Count, options.Network.Dimensionality, options.Grid, options.Intensity, options.Preparation.Labels,
            Classes = options.Classes.Select(c => c.Id),
        }, SegmentationOptions.Json)));
}
