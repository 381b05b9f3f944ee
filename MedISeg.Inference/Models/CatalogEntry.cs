using System.Diagnostics;

namespace MedISeg.Inference.Models;

/// <summary>A package of the catalog and its sessions, which are open from its first use until nobody uses it and it has to go. Safe for several
/// threads.</summary>
/// <param name="package">The package.</param>
/// <param name="firstStage">Package of the first stage; null: it has none. That one has none itself.</param>
/// <param name="loader">Opens the sessions.</param>
internal sealed class CatalogEntry(PackageFolder package, CatalogEntry? firstStage, ModelLoader loader)
{
    private readonly Lock _gate = new();
    private LoadedModel? _loaded;
    private int _users;
    private bool _isRetired;
    private long _lastUse;

    /// <summary>The manifest.</summary>
    public ModelManifest Manifest => package.Manifest;

    /// <summary>SHA-256 over manifest and members.</summary>
    public string Sha256 => package.Sha256;

    /// <summary>Package of the first stage; null: it has none.</summary>
    public CatalogEntry? FirstStage => firstStage;

    /// <summary>name/version.</summary>
    public string Key => package.Key;

    /// <summary>Bytes of what is loaded; 0: nothing is.</summary>
    /// <remarks>Does not wait for a package that is being loaded.</remarks>
    public long LoadedBytes => Volatile.Read(ref _loaded)?.Bytes ?? 0;

    /// <summary>When it was asked for last; rises.</summary>
    public long LastUse => Interlocked.Read(ref _lastUse);

    /// <summary>Loads the package where it is not, and keeps it until <see cref="Return"/>.</summary>
    /// <returns>null: it has left the catalog meanwhile.</returns>
    /// <exception cref="Imaging.Errors.SegmentationException">ModelFailed.</exception>
    public LoadedModel? TryRent(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isRetired) return null;
            if (_loaded is null && !Load(cancellationToken)) return null;
            _users++;
            Interlocked.Exchange(ref _lastUse, Stopwatch.GetTimestamp());
            return _loaded;
        }
    }

    /// <summary>Gives back what <see cref="TryRent"/> gave.</summary>
    public void Return()
    {
        lock (_gate)
        {
            _users--;
            if (_isRetired && _users == 0) Unload();
        }
    }

    /// <summary>Lets nobody have it any more; it is unloaded when the last user returns it.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            if (_users == 0) Unload();
        }
    }

    /// <summary>Unloads it where nobody uses it.</summary>
    public bool TryUnload()
    {
        lock (_gate)
        {
            if (_loaded is null || _users > 0) return false;
            Unload();
            return true;
        }
    }

    /// <summary>Closes the sessions; no run may be under way.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isRetired = true;
            _loaded?.Dispose();
            _loaded = null;
        }
    }

    private bool Load(CancellationToken cancellationToken)
    {
        // A loaded second stage is a user of its first.
        LoadedModel? first = firstStage?.TryRent(cancellationToken);
        if (first is null && firstStage is not null) return false;
        try
        {
            LoadedModel loaded = loader.Load(package, cancellationToken);
            loaded.FirstStage = first;
            Volatile.Write(ref _loaded, loaded);
            return true;
        }
        catch
        {
            firstStage?.Return();
            throw;
        }
    }

    private void Unload()
    {
        if (_loaded is null) return;
        _loaded.Dispose();
        _loaded = null;
        firstStage?.Return();
    }
}
