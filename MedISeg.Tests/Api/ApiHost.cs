using MedISeg.Api.Segmentations;
using MedISeg.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;

namespace MedISeg.Tests.Api;

/// <summary>The real service in memory, with small analytic packages and a data folder of its own.</summary>
internal sealed class ApiHost : WebApplicationFactory<ModelChoice>
{
    /// <summary>Voxels above it are label 1 in package analytic.</summary>
    public const double Threshold = 100;

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings;
    private readonly Action<IServiceCollection>? _services;

    /// <summary>Prepares the service; it starts with the first request.</summary>
    /// <param name="settings">Settings on top of those of these tests.</param>
    /// <param name="packages">Packages; by default a 3-D one called analytic.</param>
    /// <param name="services">Last word on the services.</param>
    public ApiHost(
        IReadOnlyDictionary<string, string>? settings = null, IReadOnlyList<AnalyticPackageOptions>? packages = null,
        Action<IServiceCollection>? services = null)
    {
        _services = services;
        DataRoot = Path.Combine(_folder.Path, "data");
        string models = Path.Combine(_folder.Path, "models");
        foreach (AnalyticPackageOptions package in packages ?? [Volumes]) AnalyticPackages.Write(models, package);
        _settings = new Dictionary<string, string>
        {
            ["Auth:Mode"] = "none", ["Limits:MaxNetworkCalls"] = "1000000000", ["Data:Root"] = DataRoot, ["Models:Root"] = models, ["Models:Threads"] = "1",
            ["Jobs:ProgressInterval"] = "00:00:00.2", ["Log:Level"] = "Verbose", ["Log:Console"] = "false",
        };
        foreach ((string key, string value) in settings ?? new Dictionary<string, string>()) _settings[key] = value;
    }

    /// <summary>A 3-D package with small patches: a large overlap makes a job long.</summary>
    public static AnalyticPackageOptions Volumes { get; } = new() { Thresholds = [Threshold], PatchSize = [4, 4, 4] };

    /// <summary>A 2-D package.</summary>
    public static AnalyticPackageOptions Pictures { get; } = new() { Name = "pictures", Dimensionality = 2, Thresholds = [Threshold], PatchSize = [8, 8] };

    /// <summary>Options that make stride 1 of the 3-D package.</summary>
    public const string SlowOptions = "{\"slidingWindow\":{\"overlap\":[0.75]}}";

    /// <summary>Root of the service's data.</summary>
    public string DataRoot { get; }

    /// <summary>Folder of the packages.</summary>
    public string ModelRoot => Path.Combine(_folder.Path, "models");

    /// <summary>All that was logged.</summary>
    public CollectedLog Log { get; } = new();

    /// <summary>Folders of jobs and uploads that exist.</summary>
    public IEnumerable<string> DataFolders => new[] { "jobs", "uploads" }.SelectMany(name => Directory.GetDirectories(Path.Combine(DataRoot, name)));

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach ((string key, string value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<ILogEventSink>(Log);
            _services?.Invoke(services);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
