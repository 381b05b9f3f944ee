using MedISeg.Api.Auth;
using MedISeg.Api.Options;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog.Core;

namespace MedISeg.Api.Telemetry;

/// <summary>Sets up metrics, traces and the export of logs.</summary>
internal static class TelemetrySetup
{
    /// <summary>Those of the framework: requests by route template, and the runtime's memory, collections and threads. Others name addresses.</summary>
    private static readonly string[] Meters = [ServiceMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    /// <summary>Registers what the configuration asks for.</summary>
    public static void AddApiTelemetry(this WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        OptionsSetup.Bind<TelemetryOptions, TelemetryOptionsValidator>(services, "Telemetry");
        services.AddSingleton<IValidateOptions<TelemetryOptions>, CollectorValidator>();
        // What is wrong with the section is said at start, by its validators.
        IConfigurationSection section = builder.Configuration.GetSection("Telemetry");
        bool isSent = Uri.TryCreate(section[nameof(TelemetryOptions.OtlpEndpoint)]?.TrimEnd('/') + "/", UriKind.Absolute, out Uri? collector), isScraped = IsScraped(builder.Configuration);
        if (!isSent && !isScraped) return;
        OpenTelemetry.OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                if (isScraped) metrics.AddPrometheusExporter();
                if (isSent) metrics.AddOtlpExporter(exporter => SendTo(exporter, new Uri(collector!, "v1/metrics")));
            });
        if (!isSent) return;
        string pathBase = builder.Configuration["Proxy:PathBase"] ?? "";
        telemetry.WithTracing(traces => traces
            .AddSource(Tracing.SourceName)
            .AddAspNetCoreInstrumentation(requests => requests.Filter = context => !IsProbe(context.Request.Path, pathBase))
            .AddProcessor(new SpanGate())
            .AddOtlpExporter(exporter => SendTo(exporter, new Uri(collector!, "v1/traces"))));
        services.AddSingleton<ILogEventSink>(_ => new CollectorLogSink(new Uri(collector!, "v1/logs"), Describe));
        services.AddOptions<MetricReaderOptions>().Configure<IOptions<TelemetryOptions>>((reader, options) =>
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Value.OtlpInterval.TotalMilliseconds);
    }

    /// <summary>Maps <c>/metrics</c> where it is wanted.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (!IsScraped(app.Configuration)) return;
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata(["GET"])).RequireScope(Scopes.Read);
    }

    /// <summary>Sets up an exporter by HTTP with protobuf.</summary>
    public static void SendTo(OtlpExporterOptions exporter, Uri address)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = address;
    }

    /// <summary>Says who sends.</summary>
    private static void Describe(ResourceBuilder resource) => resource.AddService("mediseg", serviceVersion: RunRecipe.CodeVersion);

    /// <summary>Whether a request only looks at us. It is asked before the path base is taken off.</summary>
    private static bool IsProbe(PathString path, string pathBase)
    {
        if (path.StartsWithSegments(pathBase, StringComparison.Ordinal, out PathString rest)) path = rest;
        return path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);
    }

    private static bool IsScraped(IConfiguration configuration) => configuration.GetValue("Telemetry:Prometheus", true);
}
