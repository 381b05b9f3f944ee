using System.Security.Authentication;
using MedISeg.Api.Options;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Hosting;

/// <summary>What the server takes from a connection, which pages may use it, and where its secrets come from.</summary>
internal static class Hardening
{
    /// <summary>Largest body of a request that is no upload, bytes.</summary>
    private const long SmallBody = 1 << 20;

    private static readonly TimeSpan HeaderTime = TimeSpan.FromSeconds(15), Grace = TimeSpan.FromSeconds(5);

    /// <summary>Registers the limits of connections, TLS and the origins of pages.</summary>
    public static void AddHardening(this IServiceCollection services)
    {
        OptionsSetup.Bind<CrossOriginOptions, CrossOriginOptionsValidator>(services, "Cors");
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, pages) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. pages.Value.Origins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Location", "Preference-Applied", "Retry-After")));
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LimitOptions>>((kestrel, limits) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = SmallBody;
            kestrel.Limits.RequestHeadersTimeout = HeaderTime;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.Value.MinUploadBytesPerSecond, Grace);
            kestrel.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        });
    }

    /// <summary>Takes settings, above all secrets, from the files of a folder: <c>Auth__Keys__0__Sha256</c> holds Auth:Keys:0:Sha256.</summary>
    /// <exception cref="StartRefusedException">Secrets:Folder is set, and there is no such folder.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        if (configuration["Secrets:Folder"] is not { Length: > 0 } folder) return;
        if (!Directory.Exists(folder)) throw new StartRefusedException("Secrets:Folder names a folder that is not there.");
        configuration.AddKeyPerFile(Path.GetFullPath(folder), optional: false);
    }
}
