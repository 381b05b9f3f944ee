using System.ComponentModel.DataAnnotations;
using MedISeg.Api.Artifacts;
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

    /// <summary>Address of the RabbitMQ that hands jobs to workers, <c>amqp://USER:PASSWORD@HOST/VHOST</c> or <c>amqps</c>; wants <see
    /// cref="Postgres"/>. A secret. Default: none, workers look into the store.</summary>
    public string? RabbitMq { get; init; }
    /// <summary>Object store that keeps inputs and results instead of folders below <see cref="Root"/>, which is then each process's own. Default: none.</summary>
    [ValidateObjectMembers(typeof(S3OptionsValidator))]
    public S3Options? S3 { get; init; }

    /// <summary>File of the keys that inputs and results are encrypted with while no worker has them: a line each, 64 hexadecimal digits or 32 bytes in
    /// base64. The first encrypts, all decrypt. Default: none, nothing is encrypted.</summary>
    public string? EncryptionKeyFile { get; init; }

    /// <summary>Folder of what this process works with, where inputs and results are kept encrypted or in an object store: its own, emptied at start. What
    /// lies there is readable: best a file system in memory. Default <c>work</c> below <see cref="Root"/>.</summary>
    public string? Work { get; init; }

    /// <summary>Most bytes that inputs and results of all jobs take together, from 1; the next request gets storage-full. Default: none.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxBytes { get; init; }

    /// <summary>Whether inputs and results are kept elsewhere than where they are worked with.</summary>
    internal bool IsApart => S3 is not null || EncryptionKeyFile is not null;
}

/// <summary>Checks <see cref="DataOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class DataOptionsValidator : IValidateOptions<DataOptions>;

/// <summary>Checks the broker's address. What is wrong is said without it: it holds a password.</summary>
internal sealed class BrokerAddressValidator : IValidateOptions<DataOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DataOptions options) =>
        options.RabbitMq is null ? ValidateOptionsResult.Success
        : options.Postgres is null ? ValidateOptionsResult.Fail("Data:RabbitMq is set, and the store is this process's own; set Data:Postgres, or leave Data:RabbitMq out.")
        : Uri.TryCreate(options.RabbitMq, UriKind.Absolute, out Uri? address) && address.Scheme is "amqp" or "amqps" && address.Host.Length > 0 && address.Segments.Length <= 2
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Data:RabbitMq wants an address like amqps://USER:PASSWORD@HOST:5671/VHOST.");
}

/// <summary>Checks what no single member of <see cref="DataOptions"/> can tell.</summary>
internal sealed class DataCrossValidator : IValidateOptions<DataOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, DataOptions options)
    {
        if (options.Work is not null && !options.IsApart) return ValidateOptionsResult.Fail("Data:Work is for Data:S3 and Data:EncryptionKeyFile only; leave it out.");
        return options.S3?.Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Data:S3:Endpoint must be an http or https address without user, path and query, such as https://store.example:9000.");
    }
}
