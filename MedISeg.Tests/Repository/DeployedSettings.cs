using MedISeg.Api.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MedISeg.Tests.Repository;

/// <summary>Gives the service the settings of deployment files as its environment, as far as its start checks them.</summary>
internal static class DeployedSettings
{
    /// <summary>Sections of the service; only what is in one that is read can be found to be unknown.</summary>
    private static readonly string[] Sections =
        ["Auth", "Cors", "Data", "Dicom", "Jobs", "Limits", "Log", "Models", "Pacs", "Proxy", "Routing", "Secrets", "Segmentation", "Telemetry", "Webhooks"];

    /// <summary>Variables that are not the service's settings.</summary>
    private static readonly string[] Others = ["ASPNETCORE_URLS", "TMPDIR", "DOTNET_EnableDiagnostics"];

    /// <summary>Asserts that the service knows and takes all settings.</summary>
    /// <param name="environment">Variables, as <c>Section__Key</c>.</param>
    /// <param name="secrets">Folder that stands for the container's folder of secrets.</param>
    public static void AssertAccepted(IEnumerable<KeyValuePair<string, string>> environment, string secrets)
    {
        Dictionary<string, string?> settings = [];
        foreach ((string name, string value) in environment)
        {
            if (Others.Contains(name)) continue;
            string key = name.Replace("__", ":", StringComparison.Ordinal);
            Assert.Contains(key.Split(':')[0], Sections);
            settings[key] = value;
        }
        Assert.True(settings.ContainsKey("Secrets:Folder"));
        settings["Secrets:Folder"] = secrets;

        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddMedISeg();
        using WebApplication app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        foreach ((string key, string? value) in settings) Assert.Equal(value, app.Configuration[key]);
    }
}
