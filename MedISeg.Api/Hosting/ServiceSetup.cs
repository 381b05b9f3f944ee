using MedISeg.Api.Artifacts;
using MedISeg.Api.Auth;
using MedISeg.Api.Capabilities;
using MedISeg.Api.Health;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Models;
using MedISeg.Api.OpenApi;
using MedISeg.Api.Options;
using MedISeg.Api.Pacs;
using MedISeg.Api.Problems;
using MedISeg.Api.Results;
using MedISeg.Api.Routing;
using MedISeg.Api.Segmentations;
using MedISeg.Api.SystemInformation;
using MedISeg.Api.Telemetry;
using MedISeg.Api.Uploads;
using MedISeg.Api.Webhooks;
using MedISeg.Dicom.Pixels;
using MedISeg.Dicom.Series;
using MedISeg.Inference;
using MedISeg.Inference.Models;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Hosting;

/// <summary>Puts the service together.</summary>
internal static class ServiceSetup
{
    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);

    /// <summary>Registers everything.</summary>
    public static void AddMedISeg(this WebApplicationBuilder builder)
    {
        AddShippedSettings(builder);
        builder.Configuration.AddSecretFiles();
        IServiceCollection services = builder.Services;
        services.AddSingleton(new SettingFiles(builder.Configuration));
        services.AddApiLog();
        services.AddApiOptions();
        services.AddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = AnswerTime });
        services.AddHardening();
        services.AddProxy();
        AddJobs(services);
        builder.AddApiTelemetry();
        services.AddApiAuth();
        services.AddApiDocument();
    }

    /// <summary>Builds the pipeline and maps all addresses.</summary>
    public static void UseMedISeg(this WebApplication app)
    {
        app.UseProxy();
        app.Use(SecurityHeaders.InvokeAsync);
        app.UseRequestLog();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<ForeignPages>();
        app.UseApiDocument();
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<Auditing>();
        app.UseAuthorization();
        app.UseRequestTimeouts();
        app.MapHealth();
        app.MapMetrics();
        app.MapSystem();
        if (app.Services.GetRequiredService<IOptions<JobOptions>>().Value.Role == JobRole.Worker) return;
        app.MapSegmentations();
        app.MapPacs();
        app.MapRouting();
        app.MapModels();
        app.MapTricks();
        app.MapCapabilities();
        app.MapProblems();
        app.MapGet("/", ([FromServices] Addresses addresses) => TypedResults.Redirect(addresses.Swagger)).AllowAnonymous().ExcludeFromDescription();
    }

    private static void AddJobs(IServiceCollection services)
    {
        services.AddSingleton(_ => ControlGroup.Read());
        services.AddSingleton<JobFiles>();
        services.AddSingleton<JobArtifacts>();
        services.AddSingleton<IDbContextFactory<JobDbContext>, JobContexts>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<JobSignal>();
        services.AddSingleton<JobNotifier>();
        services.AddSingleton<ClusterLink>();
        services.AddSingleton<Broker>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<JobClaims>();
        services.AddSingleton(provider => new FrameDecoder(provider.GetRequiredService<IOptions<DecoderOptions>>().Value));
        services.AddSingleton<DicomSeriesReader>();
        services.AddSingleton<DicomInputs>();
        services.AddSingleton<PacsConnect>(PacsConnection.Create);
        services.AddSingleton<PacsDirectory>();
        services.AddSingleton<PacsInputs>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeliveryWorker>();
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<WebhookTargets>();
        services.AddSingleton<WebhookWorker>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<StowReceiver>();
        services.AddSingleton<Router>();
        services.AddSingleton<JobInputs>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<MemoryBudget>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<JobWorker>();
        services.AddSingleton<JobCleanup>();
        services.AddSingleton<UploadGate>();
        services.AddSingleton<UploadReader>();
        services.AddSingleton<JobSubmission>();
        services.AddSingleton<JobDocuments>();
        services.AddSingleton<JobResults>();
        services.AddSingleton<SubmissionAnswers>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<ModelChoice>();
        services.AddSingleton<ModelRepository>();
        services.AddSingleton<ModelState>();
        services.AddSingleton<ServerDefaults>();
        services.AddSingleton<SegmentationPipeline>();
        services.AddSingleton(provider => new ModelCatalog(
            provider.GetRequiredService<IOptions<ModelOptions>>().Value.ToCatalogOptions(provider.GetRequiredService<ControlGroup>()), provider.GetRequiredService<ILogger<ModelCatalog>>()));
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IResultEncoder, DicomEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, LabelMapEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, RleLabelMapEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, DeflatedLabelMapEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, RegionsEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, StructureSetEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, ReportObjectEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, NiftiGzipEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, NiftiEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, NrrdEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, MetaImageEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, PngEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, ReportEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, ZipEncoder>(),
            ServiceDescriptor.Singleton<IResultEncoder, OverlayEncoder>(),
        ]);
        services.AddSingleton<DeidentificationKey>();
        services.AddSingleton<DicomSources>();
        services.AddSingleton<ResultFormats>();
        // In this order: the store is brought up to date before anyone works with it.
        services.AddHostedService<JobStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterLink>());
        // These stop after those whose jobs they speak of.
        services.AddHostedService(provider => provider.GetRequiredService<Broker>());
        services.AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
        services.AddHostedService<JobLeases>();
        services.AddHostedService(provider => provider.GetRequiredService<JobWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookWorker>());
        services.AddHostedService(provider => provider.GetRequiredService<Router>());
        services.AddHostedService(provider => provider.GetRequiredService<JobCleanup>());
        services.AddHostedService<ModelWatcher>();
    }

    /// <summary>The settings beside the program hold wherever it is started from; those of the working folder come on top.</summary>
    private static void AddShippedSettings(WebApplicationBuilder builder)
    {
        string[] files = ["appsettings.json", $"appsettings.{builder.Environment.EnvironmentName}.json"];
        for (int n = 0; n < files.Length; n++)
            ((IConfigurationBuilder)builder.Configuration).Sources.Insert(n, new JsonConfigurationSource
            {
                Path = files[n],
                Optional = true,
                FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
            });
        bool addressed = AddressKeys.Any(key => !string.IsNullOrEmpty(builder.Configuration[key]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!addressed) builder.WebHost.UseUrls("http://127.0.0.1:8080");
    }
}
