using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Prediction;

/// <summary>Extent of a network call.</summary>
/// <param name="Count">Patches, at least 1.</param>
/// <param name="Patch">Extent of each.</param>
internal readonly record struct BatchSize(int Count, GridSize Patch);
