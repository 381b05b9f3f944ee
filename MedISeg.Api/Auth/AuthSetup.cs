using MedISeg.Api.Hosting;
using MedISeg.Api.Options;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Closes every address unless it is opened, and keeps mode none off the network.</summary>
internal static class AuthSetup
{
    /// <summary>Names by which this machine calls itself.</summary>
    public static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Registers the scheme, the policies and the guards of mode none.</summary>
    public static void AddApiAuth(this IServiceCollection services)
    {
        services.AddSingleton<ApiKeys>();
        services.AddHostedService<KeyWatcher>();
        services.AddSingleton<AuditTrail>();
        // Not AddAuthentication: that would keep a key ring for cookies, which we have none of, in the home folder.
        services.AddWebEncoders();
        services.AddTransient<ApiKeyHandler>();
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
            authentication.DefaultScheme = ApiKeyHandler.SchemeName;
        });
        services.AddOidcTokens();
        services.AddRequestRate();
        services.AddAuthorizationBuilder().AddScopes();
        // A page of the web that was rebound to this address must not reach a service that asks for no key.
        services.AddOptions<HostFilteringOptions>().PostConfigure<IOptions<AuthOptions>>((filter, auth) =>
        {
            if (IsLoopbackOnly(auth.Value)) filter.AllowedHosts = LoopbackHosts;
        });
        services.AddOptions<KestrelServerOptions>().PostConfigure<IOptions<AuthOptions>>((kestrel, auth) =>
        {
            if (IsLoopbackOnly(auth.Value)) kestrel.ConfigureEndpointDefaults(Guard);
        });
    }

    /// <summary>Whether the service may be reached from this machine only.</summary>
    public static bool IsLoopbackOnly(AuthOptions auth) => auth is { Mode: AuthMode.None, AllowAnonymousOnNetwork: false };

    private static void Guard(ListenOptions listen)
    {
        if (listen.IPEndPoint is { } end && !System.Net.IPAddress.IsLoopback(end.Address))
            throw new StartRefusedException(
                "Auth:Mode is none, and the service was told to listen on an address that other machines reach. Listen on 127.0.0.1, " +
                "set Auth:Mode to keys, or set Auth:AllowAnonymousOnNetwork to true.");
    }
}
