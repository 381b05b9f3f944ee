using System.Globalization;
using MedISeg.Api.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace MedISeg.Api.Telemetry;

/// <summary>
/// Sends log lines to the collector. As all sinks of the container it stands behind <see cref="PatientDataSink"/>: what is not on the console does not
/// come here. The exporter takes the ids of trace and span from the thread, on which the line was also written.
/// </summary>
internal sealed class CollectorLogSink : ILogEventSink, IDisposable
{
    /// <summary>Names of OpenTelemetry's conventions for what is left of an exception.</summary>
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal) { ["ExceptionType"] = "exception.type", ["ExceptionFrames"] = "exception.stacktrace" };

    /// <summary>As on the console: without quotation marks around names.</summary>
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly ILoggerFactory _loggers;

    /// <summary>Prepares the export.</summary>
    /// <param name="address">Where logs go, by OTLP.</param>
    /// <param name="describe">Says who sends, as for metrics and traces.</param>
    public CollectorLogSink(Uri address, Action<ResourceBuilder> describe) => _loggers = LoggerFactory.Create(logging =>
    {
        // Serilog has decided already.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddOpenTelemetry(logs =>
        {
            ResourceBuilder resource = ResourceBuilder.CreateDefault();
            describe(resource);
            logs.SetResourceBuilder(resource);
            logs.IncludeFormattedMessage = true;
            logs.AddOtlpExporter(exporter => TelemetrySetup.SendTo(exporter, address));
        });
    });

    /// <inheritdoc />
    public void Emit(LogEvent logEvent)
    {
        LogLevel level = Level(logEvent.Level);
        List<KeyValuePair<string, object?>> attributes = [];
        string category = "MedISeg";
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            object? plain = value is ScalarValue scalar ? scalar.Value : value.ToString();
            if (name == Constants.SourceContextPropertyName && plain is string source) category = source;
            else attributes.Add(new(Names.GetValueOrDefault(name, name), plain));
        }
        ILogger logger = _loggers.CreateLogger(category);
        if (logger.IsEnabled(level)) logger.Log(level, default, attributes, null, (_, _) => Sentence(logEvent));
    }

    /// <inheritdoc />
    public void Dispose() => _loggers.Dispose();

    private static string Sentence(LogEvent logEvent)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        return text.ToString();
    }

    private static LogLevel Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => LogLevel.Trace,
        LogEventLevel.Debug => LogLevel.Debug,
        LogEventLevel.Information => LogLevel.Information,
        LogEventLevel.Warning => LogLevel.Warning,
        LogEventLevel.Error => LogLevel.Error,
        _ => LogLevel.Critical,
    };
}
