using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Ablation;

/// <summary>Tricks by the paper's names: what each changes.</summary>
internal static class TrickPresets
{
    private static readonly Lazy<IReadOnlyList<TrickPreset>> Lazily = new(() => EmbeddedJson.Read<TrickPreset[]>("tricks.json"));

    /// <summary>All of them in the paper's order; a name is there twice where 2-D and 3-D differ.</summary>
    public static IReadOnlyList<TrickPreset> All => Lazily.Value;

    /// <summary>Finds a trick.</summary>
    /// <param name="name">Name, in any case.</param>
    /// <param name="dimensionality">2 or 3.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: there is none for this dimensionality.</exception>
    public static TrickPreset Find(string name, int dimensionality)
    {
        TrickPreset[] fitting = [.. All.Where(t => t.Dimensionality is null || t.Dimensionality == dimensionality)];
        return fitting.FirstOrDefault(t => t.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new SegmentationException(
            ErrorCode.InvalidOption,
            $"There is no trick {name} in {dimensionality}-D; there are {string.Join(", ", fitting.Select(t => t.Name))}.");
    }
}

/// <summary>What a trick changes; null: nothing.</summary>
/// <param name="Name">The paper's name.</param>
/// <param name="Category">The paper's section.</param>
/// <param name="Dimensionality">2 or 3; null: both.</param>
/// <param name="Train">Training options.</param>
/// <param name="Inference">Segmentation options.</param>
/// <param name="Postprocessing">Steps; labels "foreground" are all classes but background, {"class": n} one by its place.</param>
/// <param name="Ensemble">Ensemble.</param>
/// <param name="Needs">What the row must say beside the name: encoder, spacing or synthetic.</param>
internal sealed record TrickPreset(
    string Name, string Category, int? Dimensionality = null, JsonObject? Train = null, JsonObject? Inference = null, JsonArray? Postprocessing = null,
    EnsembleRule? Ensemble = null, TrickNeed? Needs = null);

/// <summary>What a trick cannot know by itself.</summary>
internal enum TrickNeed
{
    /// <summary>A file that <c>import-weights</c> or <c>pretrain</c> wrote: key encoder of the row.</summary>
    Encoder,
    /// <summary>A common spacing: grid.spacing of the row's training options or of the base.</summary>
    Spacing,
    /// <summary>Pairs that <c>train-gan</c> wrote: key synthetic of the row.</summary>
    Synthetic,
}
