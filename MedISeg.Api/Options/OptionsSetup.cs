using MedISeg.Api.Hosting;
using MedISeg.Api.Pacs;
using MedISeg.Api.Routing;
using MedISeg.Api.Webhooks;
using MedISeg.Dicom.Pixels;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Options;

/// <summary>Binds the sections and checks them at start.</summary>
internal static class OptionsSetup
{
    /// <summary>Registers all options of the service.</summary>
    public static void AddApiOptions(this IServiceCollection services)
    {
        Bind<LimitOptions, LimitOptionsValidator>(services, "Limits");
        Bind<JobOptions, JobOptionsValidator>(services, "Jobs");
        Bind<DecoderOptions, DecoderOptionsValidator>(services, "Dicom:Decoder");
        Bind<DicomResultOptions, DicomResultOptionsValidator>(services, "Dicom:Results");
        Bind<DataOptions, DataOptionsValidator>(services, "Data");
        Bind<ModelOptions, ModelOptionsValidator>(services, "Models");
        Bind<AuthOptions, AuthOptionsValidator>(services, "Auth");
        Bind<PacsOptions, PacsOptionsValidator>(services, "Pacs");
        Bind<RoutingOptions, RoutingOptionsValidator>(services, "Routing");
        Bind<WebhookOptions, WebhookOptionsValidator>(services, "Webhooks");
        services.AddSingleton<IValidateOptions<DicomResultOptions>, DicomResultCrossValidator>();
        services.AddSingleton<IValidateOptions<DataOptions>, BrokerAddressValidator>();
        services.AddSingleton<IValidateOptions<DataOptions>, DataCrossValidator>();
        services.AddSingleton<IValidateOptions<JobOptions>, JobOptionsCrossValidator>();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelProvidersValidator>();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthKeysValidator>();
        services.AddSingleton<IValidateOptions<PacsOptions>, ArchivesValidator>();
        services.AddSingleton<IValidateOptions<RoutingOptions>, RoutingRulesValidator>();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookTargetsValidator>();
    }

    /// <summary>Binds one section of checked options.</summary>
    public static void Bind<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptions<TOptions>().Configure<IConfiguration>((options, configuration) => Read(configuration.GetSection(section), options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }

    /// <summary>Reads a section.</summary>
    /// <exception cref="StartRefusedException">A key is not known or its value cannot be read.</exception>
    public static void Read<TOptions>(IConfigurationSection section, TOptions options)
    {
        try
        {
            // An unknown key is most likely a misspelt one: say so instead of running with the default.
            section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new StartRefusedException($"Section {section.Path} of the configuration: {e.Message}", e);
        }
    }
}
