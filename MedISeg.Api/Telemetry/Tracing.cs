using System.Diagnostics;
using OpenTelemetry;

namespace MedISeg.Api.Telemetry;

/// <summary>Spans of this service.</summary>
internal static class Tracing
{
    /// <summary>Name of their source.</summary>
    public const string SourceName = "MedISeg";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the span of a piece of work that has a trace id of its own whether anybody listens or not. The caller disposes it.</summary>
    public static Activity Root(string name) => Source.StartActivity(name, ActivityKind.Consumer) ?? new Activity(name).SetIdFormat(ActivityIdFormat.W3C).Start();

    /// <summary>Starts a span below the current one; null where nobody listens.</summary>
    public static Activity? Stage(string name) => Source.StartActivity(name);

    /// <summary>Adds a span that has ended, below the current one.</summary>
    public static void Add(string name, DateTimeOffset start, TimeSpan duration)
    {
        using Activity? span = Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: start);
        span?.SetEndTime((start + duration).UtcDateTime);
    }
}

/// <summary>The last gate before a span leaves: libraries put paths, queries and headers into theirs, and with them UIDs and ids. Only tags that are
/// known to be harmless pass, and a request is called by its route template.</summary>
internal sealed class SpanGate : BaseProcessor<Activity>
{
    private const string Method = "http.request.method", Route = "http.route";

    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        Method, Route, "http.response.status_code", "error.type", "url.scheme", "network.protocol.version",
        "mediseg.model", "mediseg.version", "mediseg.attempt", "mediseg.device", "mediseg.state", "mediseg.code", "mediseg.pacs", "mediseg.webhook",
    };

    /// <inheritdoc />
    public override void OnStart(Activity data) => data.TraceStateString = null;

    /// <inheritdoc />
    public override void OnEnd(Activity data)
    {
        foreach (string key in data.TagObjects.Select(tag => tag.Key).Where(key => !Allowed.Contains(key)).ToArray()) data.SetTag(key, null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
        if (data.Kind == ActivityKind.Server) data.DisplayName = $"{data.GetTagItem(Method) ?? "HTTP"} {data.GetTagItem(Route) ?? "(none)"}";
    }
}
