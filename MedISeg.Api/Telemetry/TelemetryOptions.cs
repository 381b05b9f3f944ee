using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Telemetry;

/// <summary>Section <c>Telemetry</c>: metrics, traces and the export of logs.</summary>
public sealed class TelemetryOptions
{
    /// <summary>Whether <c>/metrics</c> answers, for Prometheus. Default true.</summary>
    public bool Prometheus { get; init; } = true;

    /// <summary>Address of a collector that takes OTLP over HTTP (protobuf), such as <c>http://collector:4318</c>: metrics go to <c>v1/metrics</c>,
    /// traces to <c>v1/traces</c> and logs to <c>v1/logs</c> below it. Null (default): nothing is sent, and nothing traced.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>How often metrics are sent to the collector, 1 s to 1 h. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="TelemetryOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;

/// <summary>Checks the collector's address.</summary>
internal sealed class CollectorValidator : IValidateOptions<TelemetryOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) =>
        options.OtlpEndpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", UserInfo: "" }
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Telemetry:OtlpEndpoint must be an http or https address without user and query, such as http://collector:4318.");
}
