using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Segmentations;

/// <summary>Finds the package that a request means.</summary>
internal sealed class ModelChoice(ModelCatalog models)
{
    /// <summary>Finds a package by <c>name</c> (its pinned, else its newest version) or <c>name@version</c>; without either, the only package that is there.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>, or <see cref="ErrorCode.MalformedRequest"/> where none
    /// is named and there are several; the detail lists the names.</exception>
    public ModelManifest Find(string? given)
    {
        if (string.IsNullOrWhiteSpace(given))
        {
            string[] names = [.. models.Models.Select(model => model.Name).Distinct(StringComparer.Ordinal)];
            return names.Length == 1
                ? models.Find(names[0], null)
                : throw new SegmentationException(ErrorCode.MalformedRequest, $"Say which model: 'model' is one of {List()}.");
        }
        string[] parts = given.Trim().Split('@');
        ModelManifest? found = models.TryFind(parts[0], parts.Length == 1 ? null : parts[1]);
        return found is not null && parts.Length <= 2
            ? found
            : throw new SegmentationException(ErrorCode.UnknownModel, $"There is no such model; 'model' is one of {List()}.");
    }

    /// <summary>Finds a version of a package, or its newest.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownModel"/>.</exception>
    public ModelManifest Find(string name, string? version) => Find(version is null ? name : $"{name}@{version}");

    private string List() => models.Models.Count == 0
        ? "none: the service has no models; the operator sets Models:Root"
        : string.Join(", ", models.Models.Select(model => $"{model.Name}@{model.Version}"));
}
