using MedISeg.Training.Data;

namespace MedISeg.Training.Evaluation;

/// <summary>What a folder of predictions holds.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Package">Name and version of the package that made them.</param>
/// <param name="Sha256">Hash of the package.</param>
/// <param name="Part">Part of the splits; null: not said.</param>
/// <param name="Reading">How the data were read.</param>
/// <param name="Classes">Foreground classes.</param>
/// <param name="Cases">One entry a case.</param>
internal sealed record PredictionList(
    int SchemaVersion, string Package, string Sha256, string? Part, DataOptions Reading, IReadOnlyList<PredictedClass> Classes, IReadOnlyList<PredictedCase> Cases)
{
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
