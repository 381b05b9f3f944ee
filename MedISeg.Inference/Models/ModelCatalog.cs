namespace MedISeg.Inference.Models;

/// <summary>The packages of a folder; loads each on first use and keeps it.</summary>
public sealed class ModelCatalog : IDisposable
{
    /// <summary>Reads every manifest under <c>root/name/version/model.json</c>.</summary>
    public ModelCatalog(ModelCatalogOptions options) => throw new NotSupportedException();

    /// <summary>Manifests, by name, then newest version first.</summary>
    public IReadOnlyList<ModelManifest> Models => throw new NotSupportedException();

    /// <summary>Manifest of a version; without one, of the newest.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">UnknownModel.</exception>
    public ModelManifest Find(string name, string? version) => throw new NotSupportedException();

    /// <summary>The loaded package (verified and warmed up); loading blocks.</summary>
    /// <exception cref="Imaging.Errors.SegmentationException">UnknownModel, ModelFailed.</exception>
    public LoadedModel Load(string name, string? version, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc />
    public void Dispose() { }
}
