using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Section <c>Data</c>: where jobs are kept.</summary>
public sealed class DataOptions
{
    /// <summary>Folder of the job store, inputs, results and the first key; relative to the working folder. Default <c>data</c>.</summary>
    [Required]
    public string Root { get; init; } = "data";
}

/// <summary>Checks <see cref="DataOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DataOptionsValidator : IValidateOptions<DataOptions>;
