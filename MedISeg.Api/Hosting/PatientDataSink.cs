using Serilog.Core;
using Serilog.Events;

namespace MedISeg.Api.Hosting;

/// <summary>
/// The last gate before a log line is written: whatever a library logs, exception messages, request paths and queries do not pass. Of an
/// exception the type and the frames remain.
/// </summary>
internal sealed class PatientDataSink(ILogEventSink inner) : ILogEventSink, IDisposable
{
    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "RequestPath", "Path", "PathBase", "QueryString", "Query", "Uri", "Url", "Host", "Headers", "ConnectionId",
    };

    /// <inheritdoc />
    public void Emit(LogEvent logEvent)
    {
        List<LogEventProperty> properties = [];
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
            if (!Forbidden.Contains(name)) properties.Add(new LogEventProperty(name, value));
        if (logEvent.Exception is { } exception)
        {
            properties.Add(new LogEventProperty("ExceptionType", new ScalarValue(Types(exception))));
            properties.Add(new LogEventProperty("ExceptionFrames", new ScalarValue(exception.StackTrace)));
        }
        inner.Emit(new LogEvent(
            logEvent.Timestamp, logEvent.Level, null, logEvent.MessageTemplate, properties, logEvent.TraceId ?? default, logEvent.SpanId ?? default));
    }

    /// <inheritdoc />
    public void Dispose() => (inner as IDisposable)?.Dispose();

    private static string Types(Exception exception) =>
        exception.InnerException is { } cause ? exception.GetType().Name + " < " + Types(cause) : exception.GetType().Name;
}
