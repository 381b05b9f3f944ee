namespace MedISeg.Inference.Models;

/// <summary>A loaded package that stays loaded until this is disposed.</summary>
public sealed class ModelLease : IDisposable
{
    private CatalogEntry? _entry;

    internal ModelLease(LoadedModel model, CatalogEntry entry) => (Model, _entry) = (model, entry);

    /// <summary>The package; not to be disposed.</summary>
    public LoadedModel Model { get; }

    /// <summary>Gives the package back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _entry, null)?.Return();
}
