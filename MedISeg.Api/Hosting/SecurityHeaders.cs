namespace MedISeg.Api.Hosting;

/// <summary>Headers that keep browsers from guessing, framing and caching.</summary>
internal static class SecurityHeaders
{
    /// <summary>Sets them on every answer.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            HttpContext context = (HttpContext)state;
            IHeaderDictionary headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
