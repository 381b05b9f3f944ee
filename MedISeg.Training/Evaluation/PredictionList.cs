using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>What a folder of predictions holds.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Package">Name and version of the package that made them.</param>
/// <param name="Sha256">Hash of the package.</param>
/// <param name="Reading">How the data were read.</param>
/// <param name="Postprocessing">Steps that the label maps have gone through.</param>
/// <param name="Classes">Foreground classes.</param>
/// <param name="Cases">One entry a case.</param>
/// <param name="Part">Part of the splits; null: not said.</param>
internal sealed record PredictionList(
    int SchemaVersion, string Package, string Sha256, DataOptions Reading, IReadOnlyList<PostprocessingStep> Postprocessing,
    IReadOnlyList<PredictedClass> Classes, IReadOnlyList<PredictedCase> Cases, string? Part = null)
{
    /// <summary>The list of a package that is about to predict, without cases.</summary>
    /// <param name="model">The package.</param>
    /// <param name="reading">How the data are read.</param>
    /// <param name="options">Options beside the package's defaults; null: none.</param>
    /// <param name="part">Part of the splits; null: not said.</param>
    public static PredictionList Of(LoadedModel model, DataOptions reading, SegmentationOptions? options, string? part) => new(
        1, $"{model.Manifest.Name} {model.Manifest.Version}", model.Sha256, reading, EffectiveOptions.Create(options, model.Manifest, null).Postprocessing,
        [.. model.Manifest.Classes.Where(c => c.Id > 0).Select(c => new PredictedClass(c.Id, c.Name))], [], part);

    /// <summary>Names of the classes by id.</summary>
    public IReadOnlyDictionary<int, string> Names() => Classes.ToDictionary(c => c.Id, c => c.Name);
}

/// <summary>A foreground class.</summary>
/// <param name="Id">Value in the label maps, above 0.</param>
/// <param name="Name">Name.</param>
internal sealed record PredictedClass(int Id, string Name);

/// <summary>A predicted case.</summary>
/// <param name="Name">Name in the data set.</param>
/// <param name="File">File in the folder.</param>
/// <param name="Seconds">Time of the segmentation.</param>
internal sealed record PredictedCase(string Name, string File, double Seconds);
