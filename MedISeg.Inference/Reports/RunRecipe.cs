using System.Reflection;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Reports;

/// <summary>Everything needed to repeat a run.</summary>
public sealed record RunRecipe
{
    /// <summary>Version of this software, with the commit where the build knew it.</summary>
    public static string CodeVersion { get; } =
        typeof(RunRecipe).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Package name.</summary>
    public required string Model { get; init; }
    /// <summary>Package version.</summary>
    public required string Version { get; init; }
    /// <summary>SHA-256 over the members' hashes and the manifest.</summary>
    public required string Sha256 { get; init; }
    /// <summary>Version of this software.</summary>
    public required string Software { get; init; }
    /// <summary>Execution provider that ran: cpu or cuda.</summary>
    public required string Device { get; init; }
    /// <summary>The options as merged: request over package over server.</summary>
    public required SegmentationOptions Options { get; init; }

    /// <summary>The recipe of a run.</summary>
    internal static RunRecipe Create(LoadedModel model, EffectiveOptions options) => new()
    {
        Model = model.Manifest.Name, Version = model.Manifest.Version, Sha256 = model.Sha256, Software = CodeVersion, Device = model.Device,
        Options = options.Options,
    };
}
