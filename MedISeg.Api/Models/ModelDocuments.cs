using MedISeg.Api.Hosting;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Models;

/// <summary>All packages.</summary>
/// <param name="Items">By name, then newest version first.</param>
public sealed record ModelListDocument(IReadOnlyList<ModelSummary> Items);

/// <summary>What a caller must know to choose a package.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Version.</param>
/// <param name="Task">What it segments.</param>
/// <param name="IntendedUse">What it may be used for.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Dimensionality">2 or 3.</param>
/// <param name="Inputs">Input channels in order.</param>
/// <param name="Classes">Classes; 0 is background.</param>
/// <param name="Members">Number of networks.</param>
/// <param name="Views">Views that options tta.views may name.</param>
/// <param name="Sha256">SHA-256 over manifest and networks.</param>
/// <param name="Self">Address of the whole manifest.</param>
public sealed record ModelSummary(
    string Name, string Version, string Task, string IntendedUse, string Licence, int Dimensionality, IReadOnlyList<ModelInput> Inputs,
    IReadOnlyList<ModelClass> Classes, int Members, IReadOnlyList<string> Views, string Sha256, string Self)
{
    /// <summary>Summary of a manifest.</summary>
    internal static ModelSummary Of(ModelManifest model, string sha256, Addresses addresses) => new(
        model.Name, model.Version, model.Task, model.IntendedUse, model.Licence, model.Dimensionality, model.Inputs, model.Classes,
        model.Members.Count, model.Views.Allowed, sha256, addresses.Model(model.Name, model.Version));
}
