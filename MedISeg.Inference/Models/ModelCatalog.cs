using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedISeg.Inference.Models;

/// <summary>The packages of a folder; loads each on first use. Follows the folder when it is asked to. Safe for several threads.</summary>
public sealed class ModelCatalog : IDisposable
{
    private readonly ModelCatalogOptions _options;
    private readonly ModelLoader _loader;
    private readonly ILogger _log;
    private readonly Lock _refreshing = new(), _trimming = new();

    /// <summary>State of the files of packages that could not be loaded, and what was wrong.</summary>
    private readonly Dictionary<string, (string State, SegmentationException Error)> _failed = new(StringComparer.Ordinal);

    private volatile Content _content = new([], []);
    private volatile bool _disposed;

    /// <summary>Reads every manifest under <c>root/name/version/model.json</c>; packages that are not valid become <see cref="Problems"/>.</summary>
    /// <param name="options">Where packages are and how they run.</param>
    /// <param name="logger">Says which provider runs and what is left out; null: nobody listens.</param>
    public ModelCatalog(ModelCatalogOptions options, ILogger<ModelCatalog>? logger = null)
    {
        _options = options;
        _log = logger ?? NullLogger<ModelCatalog>.Instance;
        _loader = new ModelLoader(options, _log);
        Refresh(load: false, CancellationToken.None);
    }

    /// <summary>Manifests, by name, then newest version first.</summary>
    public IReadOnlyList<ModelManifest> Models => _content.Models;

    /// <summary>Packages that are left out, and why.</summary>
    public IReadOnlyList<PackageProblem> Problems => _content.Problems;

    /// <summary>Manifest of a version; without one, of the pinned or else the newest.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>, listing what there is; <see cref="ErrorCode.ModelFailed"/>: it is
    /// left out.</exception>
    public ModelManifest Find(string name, string? version) => FindEntry(name, version).Manifest;

    /// <summary>Manifest of a version, or without one of the pinned or else the newest; null: there is none.</summary>
    public ModelManifest? TryFind(string name, string? version) => _content.Find(name, version ?? PinOf(name))?.Manifest;

    /// <summary>SHA-256 of a package, over its manifest and members.</summary>
    /// <inheritdoc cref="Find" path="/exception"/>
    public string Sha256Of(string name, string version) => FindEntry(name, version).Sha256;

    /// <summary>The loaded package (verified and warmed up); the first call of a package blocks while it loads. It stays loaded until the catalog is
    /// disposed.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>, <see cref="ErrorCode.ModelFailed"/>.</exception>
    public LoadedModel Load(string name, string? version, CancellationToken cancellationToken) => Rent(name, version, cancellationToken).Model;

    /// <summary>As <see cref="Load"/>, but only until the lease is disposed: then packages that were not used for longest may be unloaded, and so is one
    /// that has left the folder.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public ModelLease Rent(string name, string? version, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CatalogEntry entry = FindEntry(name, version);
            if (entry.TryRent(cancellationToken) is not { } model) continue;
            Trim();
            return new ModelLease(model, entry);
        }
    }

    /// <summary>Looks at the folder again. A package that is new or has changed replaces what was there when it is ready; runs under way keep what
    /// they have.</summary>
    /// <param name="load">Whether such a package is loaded and warmed up first; one that fails is left out, and the one that was loaded in its
    /// place stays.</param>
    /// <param name="cancellationToken">Checked between packages.</param>
    /// <exception cref="OperationCanceledException">Nothing has changed then.</exception>
    public void Refresh(bool load, CancellationToken cancellationToken)
    {
        lock (_refreshing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Content before = _content;
            List<PackageProblem> problems = [];
            List<PackageFolder> folders = Folders(problems);
            Dictionary<string, CatalogEntry> entries = new(StringComparer.Ordinal);
            // First stages before those that need them.
            foreach (PackageFolder folder in folders.OrderBy(folder => folder.Manifest.Cascade is not null))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string key = folder.Key;
                CatalogEntry? known = before.Find(folder.Manifest.Name, folder.Manifest.Version);
                try
                {
                    CatalogEntry? first = FirstStage(folder.Manifest, folders.Select(one => one.Manifest), entries);
                    entries[key] = known is not null && known.Sha256 == folder.Sha256 && known.FirstStage == first
                        ? known
                        : New(folder, first, load, cancellationToken);
                }
                catch (SegmentationException e)
                {
                    problems.Add(new PackageProblem(key, e));
                    if (known?.LoadedBytes > 0 && FirstStageIsThere(known, entries)) entries[key] = known;
                }
            }
            _content = new Content([.. entries.Values], problems);
            foreach (CatalogEntry gone in before.Entries.Except(_content.Entries)) gone.Retire();
            foreach (PackageProblem problem in problems.Where(problem => before.Problems.All(old => old.Package != problem.Package || old.Error.Message != problem.Error.Message)))
                _log.PackageLeftOut(problem.Package, problem.Error.Message);
        }
        Trim();
    }

    /// <summary>Checks a package that is not in the catalog's folder yet: its manifest, its files, and one patch through each network.</summary>
    /// <returns>Its manifest and SHA-256.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ModelFailed"/>.</exception>
    public (ModelManifest Manifest, string Sha256) Check(string folder, CancellationToken cancellationToken)
    {
        PackageFolder package = PackageFolder.Read(folder, _options.TrustedSha256);
        FirstStage(package.Manifest, Models, _content.Entries.ToDictionary(entry => entry.Key, StringComparer.Ordinal));
        _loader.Load(package, cancellationToken).Dispose();
        return (package.Manifest, package.Sha256);
    }

    /// <summary>Closes all sessions; no run may be under way.</summary>
    public void Dispose()
    {
        _disposed = true;
        lock (_refreshing)
            foreach (CatalogEntry entry in _content.Entries) entry.Close();
    }

    private List<PackageFolder> Folders(List<PackageProblem> problems)
    {
        List<PackageFolder> folders = [];
        DirectoryInfo root = new(_options.Root);
        if (!root.Exists) return folders;
        // A name with a point is no package's: what is being made or removed.
        foreach (DirectoryInfo name in root.EnumerateDirectories().Where(name => name.Name[0] != '.'))
            foreach (DirectoryInfo version in name.EnumerateDirectories().Where(version => version.Name[0] != '.'))
                try
                {
                    PackageFolder folder = PackageFolder.Read(version.FullName, _options.TrustedSha256);
                    if (folder.Manifest.Name != name.Name || folder.Manifest.Version != version.Name)
                        throw new SegmentationException(ErrorCode.ModelFailed, "The package's folders must be called as its name and version.");
                    folders.Add(folder);
                }
                catch (SegmentationException e)
                {
                    problems.Add(new PackageProblem($"{name.Name}/{version.Name}", e));
                }
        return folders;
    }

    private CatalogEntry New(PackageFolder folder, CatalogEntry? first, bool load, CancellationToken cancellationToken)
    {
        CatalogEntry entry = new(folder, first, _loader);
        if (!load) return entry;
        string state = folder.State();
        if (_failed.TryGetValue(folder.Key, out (string State, SegmentationException Error) failed) && failed.State == state) throw failed.Error;
        try
        {
            entry.TryRent(cancellationToken);
            entry.Return();
            _failed.Remove(folder.Key);
            return entry;
        }
        catch (SegmentationException e)
        {
            _failed[folder.Key] = (state, e);
            throw;
        }
    }

    /// <summary>The package's first stage; null: it has none.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ModelFailed"/>: it is not there, or does not fit.</exception>
    private static CatalogEntry? FirstStage(ModelManifest manifest, IEnumerable<ModelManifest> all, Dictionary<string, CatalogEntry> entries)
    {
        if (manifest.Cascade is not { } cascade) return null;
        string key = $"{cascade.Model}/{cascade.Version}";
        ModelManifest? first = entries.GetValueOrDefault(key)?.Manifest;
        int unknown = first is null ? 0 : cascade.Labels.FirstOrDefault(label => first.Classes.All(c => c.Id != label));
        string? fault = first switch
        {
            _ when all.Any(model => model.Cascade is not null && model.Name == cascade.Model && model.Version == cascade.Version) =>
                $"The package's first stage {key} has a first stage itself; name one that has none.",
            null => $"The package's first stage {key} is not there or not valid; put it beside this package.",
            _ when unknown != 0 => $"The package's cascade.labels holds {unknown}, which its first stage {key} does not know.",
            _ when first.Inputs.Count != manifest.Inputs.Count =>
                $"The package's first stage {key} has {first.Inputs.Count} inputs, and the package {manifest.Inputs.Count}.",
            _ => null,
        };
        return fault is null ? entries[key] : throw new SegmentationException(ErrorCode.ModelFailed, fault);
    }

    private static bool FirstStageIsThere(CatalogEntry entry, Dictionary<string, CatalogEntry> entries) =>
        entry.FirstStage is null || entries.ContainsValue(entry.FirstStage);

    /// <summary>Unloads those that were not used for longest and are not in use, until the others fit.</summary>
    private void Trim()
    {
        if (_options.MaxLoadedBytes <= 0) return;
        lock (_trimming)
        {
            (CatalogEntry Entry, long Bytes)[] loaded =
                [.. _content.Entries.Select(entry => (entry, entry.LoadedBytes)).Where(one => one.LoadedBytes > 0).OrderBy(one => one.entry.LastUse)];
            long sum = loaded.Sum(one => one.Bytes);
            foreach ((CatalogEntry entry, long bytes) in loaded)
            {
                if (sum <= _options.MaxLoadedBytes) return;
                if (!entry.TryUnload()) continue;
                sum -= bytes;
                _log.ModelUnloaded(entry.Manifest.Name, entry.Manifest.Version);
            }
        }
    }

    private string? PinOf(string name) => _options.Pins.GetValueOrDefault(name);

    private CatalogEntry FindEntry(string name, string? version)
    {
        Content content = _content;
        string? wanted = version ?? PinOf(name);
        if (content.Find(name, wanted) is { } found) return found;
        if (content.Problems.FirstOrDefault(p => wanted is null ? p.Package.StartsWith(name + "/", StringComparison.Ordinal) : p.Package == $"{name}/{wanted}") is { } problem)
            throw new SegmentationException(ErrorCode.ModelFailed, problem.Error.Message, problem.Error.Errors);
        string[] versions = [.. content.Models.Where(model => model.Name == name).Select(model => model.Version)];
        string[] names = [.. content.Models.Select(model => model.Name).Distinct()];
        throw new SegmentationException(ErrorCode.UnknownModel, versions.Length > 0
            ? $"The model has no such version; there are {string.Join(", ", versions)}."
            : $"No such model; there are {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
    }

    /// <summary>What the folder held when it was looked at last.</summary>
    private sealed class Content
    {
        public Content(IReadOnlyList<CatalogEntry> entries, IReadOnlyList<PackageProblem> problems)
        {
            Entries = [.. entries.OrderBy(entry => entry.Manifest.Name, StringComparer.Ordinal).ThenByDescending(entry => entry.Manifest.Version, VersionOrder.Instance)];
            Models = [.. Entries.Select(entry => entry.Manifest)];
            Problems = problems;
        }

        public IReadOnlyList<CatalogEntry> Entries { get; }

        public IReadOnlyList<ModelManifest> Models { get; }

        public IReadOnlyList<PackageProblem> Problems { get; }

        public CatalogEntry? Find(string name, string? version) =>
            Entries.FirstOrDefault(entry => entry.Manifest.Name == name && (version is null || entry.Manifest.Version == version));
    }
}
