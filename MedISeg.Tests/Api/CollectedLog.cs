using System.Collections.Concurrent;
using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace MedISeg.Tests.Api;

/// <summary>Keeps log lines as they would be written in JSON, rendered text included.</summary>
internal sealed class CollectedLog : ILogEventSink
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>All lines.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public void Emit(LogEvent logEvent)
    {
        using StringWriter text = new(CultureInfo.InvariantCulture);
        new CompactJsonFormatter().Format(logEvent, text);
        _lines.Enqueue(text + logEvent.RenderMessage(CultureInfo.InvariantCulture));
    }
}
