using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedISeg.Inference.Models;

/// <summary>The packages of a folder; loads each on first use and keeps it. Safe for several threads.</summary>
public sealed class ModelCatalog : IDisposable
{
    private readonly List<Entry> _entries = [];
    private readonly List<PackageProblem> _problems = [];
    private readonly ModelLoader _loader;
    private volatile bool _disposed;

    /// <summary>Reads every manifest under <c>root/name/version/model.json</c>; packages that are not valid become <see cref="Problems"/>.</summary>
    /// <param name="options">Where packages are and how they run.</param>
    /// <param name="logger">Says which provider runs and what is left out; null: nobody listens.</param>
    public ModelCatalog(ModelCatalogOptions options, ILogger<ModelCatalog>? logger = null)
    {
        ILogger log = logger ?? NullLogger<ModelCatalog>.Instance;
        _loader = new ModelLoader(options, log);
        DirectoryInfo root = new(options.Root);
        if (root.Exists)
            foreach (DirectoryInfo name in root.EnumerateDirectories())
                foreach (DirectoryInfo version in name.EnumerateDirectories())
                    Read(name.Name, version, log);
        RemoveWithoutFirstStage(log);
        _entries.Sort((a, b) =>
        {
            int order = string.CompareOrdinal(a.Manifest.Name, b.Manifest.Name);
            return order != 0 ? order : VersionOrder.Instance.Compare(b.Manifest.Version, a.Manifest.Version);
        });
        Models = [.. _entries.Select(entry => entry.Manifest)];
    }

    /// <summary>Manifests, by name, then newest version first.</summary>
    public IReadOnlyList<ModelManifest> Models { get; }

    /// <summary>Packages that are left out, and why.</summary>
    public IReadOnlyList<PackageProblem> Problems => _problems;

    /// <summary>Manifest of a version; without one, of the newest.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>, listing what there is.</exception>
    public ModelManifest Find(string name, string? version) => FindEntry(name, version).Manifest;

    /// <summary>The loaded package (verified and warmed up); the first call of a package blocks while it loads, the catalog disposes it.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>, <see cref="ErrorCode.ModelFailed"/>.</exception>
    public LoadedModel Load(string name, string? version, CancellationToken cancellationToken)
    {
        Entry entry = FindEntry(name, version);
        // A first stage has none itself, so that this ends.
        LoadedModel? first = entry.Manifest.Cascade is { } cascade ? Load(cascade.Model, cascade.Version, cancellationToken) : null;
        lock (entry.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (entry.Loaded is not null) return entry.Loaded;
            LoadedModel loaded = _loader.Load(entry.Folder, entry.Manifest, cancellationToken);
            loaded.FirstStage = first;
            return entry.Loaded = loaded;
        }
    }

    /// <summary>Closes all sessions; no run may be under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (Entry entry in _entries)
            lock (entry.Gate) entry.Loaded?.Dispose();
    }

    private void Read(string name, DirectoryInfo folder, ILogger log)
    {
        string package = $"{name}/{folder.Name}";
        try
        {
            ModelManifest manifest = ManifestReader.Read(folder.FullName);
            if (manifest.Name != name || manifest.Version != folder.Name)
                throw new SegmentationException(ErrorCode.ModelFailed, "The package's folders must be called as its name and version.");
            _entries.Add(new Entry(folder.FullName, manifest));
        }
        catch (SegmentationException e)
        {
            LeaveOut(package, e, log);
        }
    }

    private void LeaveOut(string package, SegmentationException problem, ILogger log)
    {
        _problems.Add(new PackageProblem(package, problem));
        log.PackageLeftOut(package, problem.Message);
    }

    private void RemoveWithoutFirstStage(ILogger log)
    {
        foreach (Entry entry in _entries.ToArray())
        {
            if (entry.Manifest.Cascade is not { } cascade) continue;
            ModelManifest? first = _entries.Find(other => other.Manifest.Name == cascade.Model && other.Manifest.Version == cascade.Version)?.Manifest;
            int unknown = first is null ? 0 : cascade.Labels.FirstOrDefault(label => first.Classes.All(c => c.Id != label));
            string? fault = first switch
            {
                null => $"The package's first stage {cascade.Model}/{cascade.Version} is not there or not valid; put it beside this package.",
                { Cascade: not null } => $"The package's first stage {cascade.Model}/{cascade.Version} has a first stage itself; name one that has none.",
                _ when unknown != 0 => $"The package's cascade.labels holds {unknown}, which its first stage {cascade.Model}/{cascade.Version} does not know.",
                _ when first.Inputs.Count != entry.Manifest.Inputs.Count =>
                    $"The package's first stage {cascade.Model}/{cascade.Version} has {first.Inputs.Count} inputs, and the package {entry.Manifest.Inputs.Count}.",
                _ => null,
            };
            if (fault is null) continue;
            _entries.Remove(entry);
            LeaveOut($"{entry.Manifest.Name}/{entry.Manifest.Version}", new SegmentationException(ErrorCode.ModelFailed, fault), log);
        }
    }

    private Entry FindEntry(string name, string? version)
    {
        Entry? found = _entries.Find(entry => entry.Manifest.Name == name && (version is null || entry.Manifest.Version == version));
        if (found is not null) return found;
        if (_problems.Find(p => version is null ? p.Package.StartsWith(name + "/", StringComparison.Ordinal) : p.Package == $"{name}/{version}") is { } problem)
            throw new SegmentationException(ErrorCode.ModelFailed, problem.Error.Message, problem.Error.Errors);
        string[] versions = [.. _entries.Where(entry => entry.Manifest.Name == name).Select(entry => entry.Manifest.Version)];
        string[] names = [.. _entries.Select(entry => entry.Manifest.Name).Distinct()];
        throw new SegmentationException(ErrorCode.UnknownModel, versions.Length > 0
            ? $"The model has no such version; there are {string.Join(", ", versions)}."
            : $"No such model; there are {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
    }

    private sealed class Entry(string folder, ModelManifest manifest)
    {
        public string Folder { get; } = folder;

        public ModelManifest Manifest { get; } = manifest;

        public Lock Gate { get; } = new();

        public LoadedModel? Loaded { get; set; }
    }
}
