using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Problems;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Authorization;

namespace MedISeg.Api.Auth;

/// <summary>Puts requests into the audit trail: those that change something or hand out what is a patient's, and all that were refused for want of rights.</summary>
internal sealed class Auditing(RequestDelegate next, AuditTrail trail)
{
    /// <summary>Status of a request whose client went away.</summary>
    private const int ClientGone = 499;

    /// <summary>Runs the rest of the pipeline and writes the line.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        int? failed = null;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            failed = StatusOf(failure);
            throw;
        }
        finally
        {
            int status = context.RequestAborted.IsCancellationRequested ? ClientGone : failed ?? context.Response.StatusCode;
            if (!HttpMethods.IsGet(context.Request.Method) || endpoint.Metadata.GetMetadata<Audited>() is not null
                || status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
                await trail.AppendAsync(Entry(context, endpoint, status)).ConfigureAwait(false);
        }
    }

    /// <summary>Status that the problem of an exception will have.</summary>
    private static int StatusOf(Exception failure) => failure switch
    {
        SegmentationException known => ProblemTable.Of(known.Code).Status,
        BadHttpRequestException => StatusCodes.Status400BadRequest,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>Ids and names of addresses are taken only where they have the form of ours: an address may hold anything.</summary>
    private static AuditEntry Entry(HttpContext context, RouteEndpoint endpoint, int status) => new(
        context.User.Identity is { IsAuthenticated: true, Name: { } caller } ? caller : null,
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? endpoint.RoutePattern.RawText ?? "",
        context.Request.RouteValues["id"] is string id && JobId.IsValid(id) ? id : null,
        context.Request.Path.StartsWithSegments("/v1/pacs", StringComparison.OrdinalIgnoreCase)
            && context.Request.RouteValues["name"] is string name && ConfiguredName.IsValid(name) ? name : null,
        status, ProblemResponse.TraceId(context));
}
