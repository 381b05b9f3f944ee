using System.Text.Json.Nodes;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Ablation;

/// <summary>One row, ready to run.</summary>
/// <param name="Name">Name, different from all other rows'.</param>
/// <param name="Category">Heading.</param>
/// <param name="Tricks">Names of its tricks; empty: own options alone.</param>
/// <param name="Overlay">What it changes against the base.</param>
/// <param name="Training">What is trained.</param>
/// <param name="Inference">Segmentation options without post-processing.</param>
/// <param name="Postprocessing">Steps.</param>
/// <param name="Note">What a reader should know; null: nothing.</param>
internal sealed record AblationRow(
    string Name, string Category, IReadOnlyList<string> Tricks, RowOverlay Overlay, TrainingConfig Training, JsonObject Inference, JsonArray Postprocessing,
    string? Note)
{
    /// <summary>Name of the first row.</summary>
    public const string BaseName = "base";

    /// <summary>What the paper found of its only trick; none where the row changes more than that.</summary>
    public IReadOnlyList<PublishedChange> Published { get; init; } = [];

    /// <summary>Hash of all that decides its scores beside fold and seed.</summary>
    public string Key => OptionsOverlay.Hash(new JsonArray(Training.Key, Inference.DeepClone(), Postprocessing.DeepClone(), Overlay.Ensemble?.ToString()));

    /// <summary>Segmentation options; their post-processing list is empty.</summary>
    public SegmentationOptions InferenceOptions()
    {
        JsonObject all = Inference.DeepClone().AsObject();
        all["postprocessing"] = new JsonArray();
        return OptionsReader.Parse(all.ToJsonString());
    }

    /// <summary>Post-processing steps.</summary>
    public IReadOnlyList<PostprocessingStep> Steps() =>
        OptionsReader.Parse(new JsonObject { ["postprocessing"] = Postprocessing.DeepClone() }.ToJsonString()).Postprocessing!;
}

/// <summary>What a row changes against the base; null: nothing.</summary>
/// <param name="Train">Training options.</param>
/// <param name="Inference">Segmentation options.</param>
/// <param name="Postprocessing">Steps instead of the base's.</param>
/// <param name="Ensemble">Ensemble.</param>
/// <param name="Encoder">Path of a pre-trained encoder.</param>
/// <param name="Synthetic">Folder of synthetic pairs; {fold} in it is the fold.</param>
internal sealed record RowOverlay(JsonObject Train, JsonObject Inference, JsonArray? Postprocessing, EnsembleRule? Ensemble, string? Encoder, string? Synthetic)
{
    /// <summary>Changes nothing.</summary>
    public static RowOverlay None { get; } = new([], [], null, null, null, null);

    /// <summary>Both together; the other's word counts where they differ. Post-processing steps follow each other.</summary>
    public RowOverlay With(RowOverlay other) => new(
        OptionsOverlay.Merge(Train, other.Train), OptionsOverlay.Merge(Inference, other.Inference),
        Postprocessing is null || other.Postprocessing is null
            ? other.Postprocessing ?? Postprocessing
            : [.. Postprocessing.Concat(other.Postprocessing).Select(step => step!.DeepClone())],
        other.Ensemble ?? Ensemble, other.Encoder ?? Encoder, other.Synthetic ?? Synthetic);

    /// <summary>Whether both cannot hold at once.</summary>
    public bool Contradicts(RowOverlay other) =>
        OptionsOverlay.Conflict(Train, other.Train) || OptionsOverlay.Conflict(Inference, other.Inference)
        || (Ensemble is { } mine && other.Ensemble is { } theirs && mine != theirs) || (Encoder is { } file && other.Encoder is { } second && file != second);
}

/// <summary>What one training depends on, beside fold, seed and steps.</summary>
/// <param name="Key">Hash of it.</param>
/// <param name="Name">Of the first row that needs it, for people.</param>
/// <param name="Train">Options as JSON.</param>
/// <param name="Options">The same, read.</param>
/// <param name="Encoder">Path of a pre-trained encoder; null: none.</param>
/// <param name="Synthetic">Folder of synthetic pairs; {fold} in it is the fold. Null: none.</param>
internal sealed record TrainingConfig(string Key, string Name, JsonObject Train, TrainOptions Options, string? Encoder, string? Synthetic);
