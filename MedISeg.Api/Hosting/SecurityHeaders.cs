using MedISeg.Api.Auth;

namespace MedISeg.Api.Hosting;

/// <summary>Headers that keep browsers from guessing, framing, caching and running what is not ours.</summary>
internal static class SecurityHeaders
{
    /// <summary>An answer of the API is data.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Pages run scripts of this service only; the Swagger page holds its styles in itself.</summary>
    private const string PagePolicy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Sets them on every answer.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            HttpContext context = (HttpContext)state;
            IHeaderDictionary headers = context.Response.Headers;
            bool isData = IsBelow(context, "/v1") || IsBelow(context, "/dicomweb");
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.ContentSecurityPolicy = isData ? DataPolicy : PagePolicy;
            if (isData) headers.CacheControl = "no-store";
            // On this machine a browser would take it for all services of all ports.
            if (context.Request.IsHttps && !AuthSetup.LoopbackHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
                headers.StrictTransportSecurity = "max-age=31536000";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    private static bool IsBelow(HttpContext context, string path) => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase);
}
