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

    /// <summary>Address of the RabbitMQ that hands jobs to workers, <c>amqp://USER:PASSWORD@HOST/VHOST</c> or <c>amqps</c>; wants <see
    /// cref="Postgres"/>. A secret. Default: none, workers look into the store.</summary>
    public string? RabbitMq { get; init; }
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
