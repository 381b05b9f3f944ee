using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Auth;

/// <summary>Refuses what a page of another site sends while no key is asked for: the place of the browser would be its credential.</summary>
internal sealed class ForeignPages(RequestDelegate next, IOptions<AuthOptions> auth)
{
    /// <summary>Runs the rest of the pipeline, or refuses.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.Forbidden"/>.</exception>
    public Task InvokeAsync(HttpContext context)
    {
        if (auth.Value.Mode == AuthMode.None && context.Request.Headers["Sec-Fetch-Site"] == "cross-site"
            && context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
            throw new SegmentationException(ErrorCode.Forbidden, "Pages of other sites may not use this service; open its own page /swagger.");
        return next(context);
    }
}
