using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Serilog.Events;

namespace MedISeg.Api.Hosting;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>One readable line an event.</summary>
    Text,
    /// <summary>One compact JSON object an event.</summary>
    Json,
}

/// <summary>Section <c>Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary>Default text.</summary>
    [EnumDataType(typeof(LogFormat))]
    public LogFormat Format { get; init; }

    /// <summary>Whether lines go to the console. Default true.</summary>
    public bool Console { get; init; } = true;

    /// <summary>Least level of our own lines: Verbose, Debug, Information, Warning, Error or Fatal. Default Information.</summary>
    [EnumDataType(typeof(LogEventLevel))]
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;
}

/// <summary>Checks <see cref="LogOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
