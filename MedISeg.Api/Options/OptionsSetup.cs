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
        Bind<DataOptions, DataOptionsValidator>(services, "Data");
        Bind<ModelOptions, ModelOptionsValidator>(services, "Models");
        Bind<AuthOptions, AuthOptionsValidator>(services, "Auth");
        services.AddSingleton<IValidateOptions<JobOptions>, JobOptionsCrossValidator>();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelProvidersValidator>();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthKeysValidator>();
    }

    private static void Bind<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class where TValidator : class, IValidateOptions<TOptions>
    {
        // An unknown key is most likely a misspelt one: say so instead of running with the default.
        services.AddOptions<TOptions>().BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
    }
}
