using System.ComponentModel.DataAnnotations;
using MedISeg.Api.SystemInformation;
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

    /// <summary>Threads inside one network call, 0 to 1024; 0 (default): one a core, or by the quota of the control group.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Most patches in one network call, 1 (default) to 64; more helps accelerators only.</summary>
    [Range(1, 64)]
    public int Batch { get; init; } = 1;

    /// <summary>Most network calls of jobs at the same time that are made as one, 0 to 64; 0 (default): 8 on an accelerator, 1 on a processor. Of use only
    /// with several <see cref="JobOptions.Workers"/>.</summary>
    [Range(0, 64)]
    public int JoinedCalls { get; init; }

    /// <summary>Whether the runtime keeps the memory of activations from call to call: faster by a few per cent, with more memory. Default true.</summary>
    public bool Arena { get; init; } = true;

    /// <summary>Whether all packages are loaded and warmed up at start, before the first job. Default true.</summary>
    public bool Preload { get; init; } = true;

    /// <summary>How often the folder is looked at for packages that are new, changed or gone, up to a day; 0: only at the start. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ScanInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes of packages that are kept loaded while nobody uses them (files of the networks and activations of a patch); those not used for
    /// longest go first. 0 (default): no bound.</summary>
    [Range(0, long.MaxValue)]
    public long MaxLoadedBytes { get; init; }

    /// <summary>Version that a name without one means, by name; others mean their newest.</summary>
    public IReadOnlyDictionary<string, string> Pins { get; init; } = new Dictionary<string, string>();

    /// <summary>Most jobs of a package that this process runs at a time, at least 1, by name; others as many as there are workers.</summary>
    public IReadOnlyDictionary<string, int> Concurrency { get; init; } = new Dictionary<string, int>();

    /// <summary>SHA-256 of the packages that may run, as <c>GET /v1/models</c> and reports say them; null (default): all.</summary>
    public IReadOnlyList<string>? TrustedSha256 { get; init; }

    /// <summary>The same for the catalog, within the limits of the process.</summary>
    internal ModelCatalogOptions ToCatalogOptions(ControlGroup group) => new()
    {
        Root = Path.GetFullPath(Root), Threads = Threads > 0 ? Threads : group.Threads, Batch = Batch, JoinedCalls = JoinedCalls, Arena = Arena, MaxLoadedBytes = MaxLoadedBytes, Pins = Pins, TrustedSha256 = TrustedSha256,
        Providers = Providers is { Count: > 0 } ? Providers : new ModelCatalogOptions().Providers,
    };
}

/// <summary>Checks <see cref="ModelOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

/// <summary>Checks the names of providers, and numbers by name.</summary>
internal sealed class ModelProvidersValidator : IValidateOptions<ModelOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ModelOptions options) =>
        options.Providers?.Any(provider => provider is not ("cpu" or "cuda")) == true
            ? ValidateOptionsResult.Fail("Models:Providers may hold 'cuda' and 'cpu' only.")
            : options.Concurrency.Values.Any(most => most < 1)
                ? ValidateOptionsResult.Fail("Models:Concurrency wants numbers of 1 and above.")
                : ValidateOptionsResult.Success;
}
