using MedISeg.Api.Options;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Hosting;

/// <summary>Takes from known proxies who really asked, and the path at which they show the service.</summary>
internal static class ProxySetup
{
    /// <summary>Registers whose headers count.</summary>
    public static void AddProxy(this IServiceCollection services)
    {
        OptionsSetup.Bind<ProxyOptions, ProxyOptionsValidator>(services, "Proxy");
        services.AddSingleton<IValidateOptions<ProxyOptions>, KnownProxiesValidator>();
        services.AddSingleton<Addresses>();
        // Last: the framework has a variable of the environment that trusts everybody.
        services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>((forwarded, proxy) =>
        {
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (System.Net.IPNetwork? network in proxy.Value.Networks) forwarded.KnownIPNetworks.Add(network!.Value);
            // The framework takes empty lists for everybody.
            forwarded.ForwardedHeaders = proxy.Value.Known.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.ForwardLimit = proxy.Value.Hops;
        });
    }

    /// <summary>First of the pipeline.</summary>
    public static void UseProxy(this WebApplication app)
    {
        app.UseForwardedHeaders();
        PathString pathBase = app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value.PathBase;
        if (!pathBase.HasValue) return;
        app.Use((context, next) =>
        {
            HttpRequest request = context.Request;
            if (request.Path.StartsWithSegments(pathBase, StringComparison.Ordinal, out PathString rest)) request.Path = rest.HasValue ? rest : "/";
            request.PathBase = pathBase;
            return next(context);
        });
    }
}
