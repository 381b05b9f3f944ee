using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Data</c>: where jobs are kept.</summary>
public sealed class DataOptions
{
    /// <summary>Folder of the job store, inputs, results and the first key; relative to the working folder. Default <c>data</c>.</summary>
    [Required]
    public string Root { get; init; } = "data";

    /// <summary>Connection string of the PostgreSQL database that holds the job store instead of a file below <see cref="Root"/>; with
    /// <c>Passfile=</c> the password stays in a file of its own. Then several processes may share both. Default: none.</summary>
    public string? Postgres { get; init; }
}

/// <summary>Checks <see cref="DataOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DataOptionsValidator : IValidateOptions<DataOptions>;
