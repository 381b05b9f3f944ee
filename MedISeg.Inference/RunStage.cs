namespace MedISeg.Inference;

/// <summary>A stage of a cascade.</summary>
/// <param name="Number">Stage, from 1.</param>
/// <param name="Count">Number of stages.</param>
/// <param name="Model">Name of the package that runs in it.</param>
public readonly record struct RunStage(int Number, int Count, string Model);
