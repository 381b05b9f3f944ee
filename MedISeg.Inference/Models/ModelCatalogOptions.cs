namespace MedISeg.Inference.Models;

/// <summary>Where packages are and how they run.</summary>
public sealed class ModelCatalogOptions
{
    /// <summary>Folder with <c>name/version/model.json</c>. Default models.</summary>
    public string Root { get; init; } = "models";

    /// <summary>Execution providers in order of preference: cuda, cpu. Default both; cpu always works.</summary>
    public IReadOnlyList<string> Providers { get; init; } = ["cuda", "cpu"];

    /// <summary>Threads inside one network call, and as many that add up patches and make labels beside it; 0: one a core.</summary>
    public int Threads { get; init; }

    /// <summary>Most patches in one network call, 1..64; more than 1 is meant for accelerators. Packages whose graph
    /// fixes the batch stay at 1. Default 1.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Most network calls of runs at the same time that are made as one, 0..64; 0 (default): 8 on an accelerator, 1 on a processor. Packages
    /// whose graph fixes the batch are called one by one.</summary>
    public int JoinedCalls { get; init; }

    /// <summary>What 0 means for an accelerator.</summary>
    internal const int JoinedOnDevices = 8;

    /// <summary>Whether the runtime keeps the memory of activations from call to call: less work, more memory. Default true.</summary>
    public bool Arena { get; init; } = true;

    /// <summary>Most bytes of packages that are kept loaded while nobody uses them, by <see cref="LoadedModel.Bytes"/>; 0 (default): no bound.</summary>
    public long MaxLoadedBytes { get; init; }

    /// <summary>Version that a package's name means, where it is not the newest.</summary>
    public IReadOnlyDictionary<string, string> Pins { get; init; } = new Dictionary<string, string>();

    /// <summary>SHA-256 of the packages that may run (<see cref="LoadedModel.Sha256"/>); null (default): all.</summary>
    public IReadOnlyCollection<string>? TrustedSha256 { get; init; }
}
