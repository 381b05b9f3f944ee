using MedISeg.Api.Options;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace MedISeg.Api.Hosting;

/// <summary>Sets up Serilog so that no patient data reaches a log.</summary>
internal static class LogSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {TraceId} {Message:lj} {ExceptionType}{ExceptionFrames}{NewLine}";
    private const string RequestTemplate = "HTTP {Method} {Route} {Status} in {ElapsedMs:0.0} ms";

    /// <summary>Registers the logger: console, behind the patient data gate.</summary>
    public static void AddApiLog(this IServiceCollection services)
    {
        OptionsSetup.Bind<LogOptions, LogOptionsValidator>(services, "Log");
        services.AddSerilog((provider, log) =>
        {
            LogOptions options = provider.GetRequiredService<IOptions<LogOptions>>().Value;
            log.MinimumLevel.Is(options.Level)
                // The framework's lines about requests hold paths and queries.
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("System", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
                .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LogEventLevel.Fatal)
                .MinimumLevel.Override("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogEventLevel.Fatal)
                .Enrich.FromLogContext();
            ITextFormatter format = options.Format == LogFormat.Json ? new CompactJsonFormatter() : new MessageTemplateTextFormatter(Template, null);
            log.WriteTo.Sink(Gate(sinks =>
            {
                if (options.Console) sinks.Console(format);
                foreach (ILogEventSink extra in provider.GetServices<ILogEventSink>()) sinks.Sink(extra);
            }));
        }, preserveStaticLogger: true);
    }

    /// <summary>One line a request: method, route template, status, time. Never a path or a query.</summary>
    public static void UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(options =>
    {
        // The static logger would be that of whichever service of this process started last.
        options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
        options.MessageTemplate = RequestTemplate;
        options.IncludeQueryInRequestPath = false;
        options.GetLevel = (context, _, exception) => exception is not null ? LogEventLevel.Error : context.Response.StatusCode switch
        {
            StatusCodes.Status503ServiceUnavailable => LogEventLevel.Warning,
            >= 500 => LogEventLevel.Error,
            _ => LogEventLevel.Information,
        };
        options.GetMessageTemplateProperties = (context, _, elapsed, status) =>
        [
            new LogEventProperty("Method", new ScalarValue(Method(context.Request.Method))),
            new LogEventProperty("Route", new ScalarValue((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)")),
            new LogEventProperty("Status", new ScalarValue(status)),
            new LogEventProperty("ElapsedMs", new ScalarValue(elapsed)),
        ];
    });

    private static PatientDataSink Gate(Action<LoggerSinkConfiguration> sinks)
    {
        LoggerConfiguration inner = new();
        inner.MinimumLevel.Verbose();
        sinks(inner.WriteTo);
        return new PatientDataSink(inner.CreateLogger());
    }

    /// <summary>A client may call its method as it likes.</summary>
    private static string Method(string method) => method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "(other)";
}
