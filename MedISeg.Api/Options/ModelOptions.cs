using System.ComponentModel.DataAnnotations;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Models</c>: where packages are and how they run.</summary>
public sealed class ModelOptions
{
    /// <summary>Folder with <c>name/version/model.json</c>; relative to the working folder. Default <c>models</c>.</summary>
    [Required]
    public string Root { get; init; } = "models";

    /// <summary>Execution providers in order of preference: cuda, cpu. Null (default): cuda where it is there, else cpu.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>Threads inside one network call, 0 to 1024; 0 (default): one a core.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Most patches in one network call, 1 (default) to 64; more helps accelerators only.</summary>
    [Range(1, 64)]
    public int Batch { get; init; } = 1;

    /// <summary>Whether the runtime keeps the memory of activations from call to call: faster by a few per cent, with more memory. Default true.</summary>
    public bool Arena { get; init; } = true;

    /// <summary>Whether all packages are loaded and warmed up at start, before the first job. Default true.</summary>
    public bool Preload { get; init; } = true;

    /// <summary>The same for the catalog.</summary>
    internal ModelCatalogOptions ToCatalogOptions() => Providers is { Count: > 0 }
        ? new ModelCatalogOptions { Root = Path.GetFullPath(Root), Threads = Threads, Batch = Batch, Arena = Arena, Providers = Providers }
        : new ModelCatalogOptions { Root = Path.GetFullPath(Root), Threads = Threads, Batch = Batch, Arena = Arena };
}

/// <summary>Checks <see cref="ModelOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

/// <summary>Checks the names of providers.</summary>
internal sealed class ModelProvidersValidator : IValidateOptions<ModelOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ModelOptions options) =>
        options.Providers is null || options.Providers.All(provider => provider is "cpu" or "cuda")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Models:Providers may hold 'cuda' and 'cpu' only.");
}
