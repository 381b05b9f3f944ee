namespace MedISeg.Inference.Models;

/// <summary>Where packages are and how they run.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>Folder with <c>name/version/model.json</c>. Default models.</summary>
    public string Root { get; init; } = "models";

    /// <summary>Execution providers in order of preference: cuda, cpu. Default both; cpu always works.</summary>
    public IReadOnlyList<string> Providers { get; init; } = ["cuda", "cpu"];

    /// <summary>Threads inside one network call; 0: one a core.</summary>
    public int Threads { get; init; }
}
