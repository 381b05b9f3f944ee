using System.Collections.Concurrent;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Jobs;

/// <summary>What loading the packages showed, for readiness.</summary>
internal sealed class ModelState
{
    private readonly ConcurrentDictionary<ModelManifest, bool> _failed = new(ReferenceEqualityComparer.Instance);
    private volatile string? _device;
    private volatile bool _loaded;

    /// <summary>Device of the package that was loaded last: cpu or cuda; null: none yet.</summary>
    public string? Device
    {
        get => _device;
        set => _device = value;
    }

    /// <summary>Whether the packages to load at start are loaded.</summary>
    public bool Loaded
    {
        get => _loaded;
        set => _loaded = value;
    }

    /// <summary>Notes that a package could not be loaded at start. One that takes its place may do better, and has a manifest of its own.</summary>
    public void Fail(ModelManifest model) => _failed[model] = true;

    /// <summary>Whether a package could not be loaded.</summary>
    public bool HasFailed(ModelManifest model) => _failed.ContainsKey(model);

    /// <summary>Packages that cannot be used, name/version, in order.</summary>
    public IReadOnlyList<string> LeftOut(ModelCatalog models) =>
        [.. models.Models.Where(HasFailed).Select(model => $"{model.Name}/{model.Version}").Concat(models.Problems.Select(problem => problem.Package)).Distinct().Order(StringComparer.Ordinal)];
}
