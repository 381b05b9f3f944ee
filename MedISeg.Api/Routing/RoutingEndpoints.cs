using MedISeg.Api.Auth;
using MedISeg.Api.OpenApi;
using MedISeg.Api.Uploads;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Routing;

/// <summary>DICOMweb's store service, which starts work by the routing rules.</summary>
internal static class RoutingEndpoints
{
    private static readonly ErrorCode[] Codes =
        [ErrorCode.EmptyBody, ErrorCode.MalformedRequest, ErrorCode.NotAcceptable, ErrorCode.TooLarge, ErrorCode.UnsupportedMediaType, ErrorCode.UnreadableImage, ErrorCode.QuotaExceeded, ErrorCode.ShuttingDown];

    /// <summary>Maps <c>/dicomweb/studies</c>.</summary>
    public static void MapRouting(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/dicomweb/studies").WithTags("DICOMweb").RequireScope(Scopes.Segment);
        group.MapPost("", Store).WithName("storeInstances").Produces<object>(StatusCodes.Status200OK, BodyTypes.DicomJson).Fails(Codes)
            .WithMetadata(new DisableRequestSizeLimitAttribute()).DisableRequestTimeout();
        group.MapPost("/{study}", StoreIn).WithName("storeInstancesOfStudy").Produces<object>(StatusCodes.Status200OK, BodyTypes.DicomJson).Fails(Codes)
            .WithMetadata(new DisableRequestSizeLimitAttribute()).DisableRequestTimeout();
        group.MapPost("/{study}/complete", Complete).WithName("completeStudy").Produces(StatusCodes.Status202Accepted)
            .Fails(ErrorCode.MalformedRequest, ErrorCode.UnknownSeries);
    }

    /// <summary>Stores DICOM objects, which starts work by the routing rules</summary>
    /// <remarks>
    /// STOW-RS: `multipart/related; type="application/dicom"`, or one object as `application/dicom`. A series counts as complete when nothing more of
    /// it came for `Routing:QuietTime`, or when its study is declared complete; then each rule that fits starts a job of the caller. The same
    /// series is not segmented by the same rule twice, unless `?repeat=true`. Objects are not kept beyond that. The answer lists what was taken
    /// (0008,1199) and what was not (0008,1198): 200 all, 202 some, 409 none.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="receiver">Takes the objects.</param>
    /// <param name="repeat">Whether series are segmented that were before.</param>
    private static Task Store(HttpContext context, [FromServices] StowReceiver receiver, bool? repeat) => AnswerAsync(context, receiver, null, repeat);

    /// <summary>Stores DICOM objects of one study, which starts work by the routing rules</summary>
    /// <remarks>As `POST /dicomweb/studies`; objects of other studies are not taken.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="receiver">Takes the objects.</param>
    /// <param name="study">UID of the study.</param>
    /// <param name="repeat">Whether series are segmented that were before.</param>
    private static Task StoreIn(HttpContext context, [FromServices] StowReceiver receiver, string study, bool? repeat) =>
        AnswerAsync(context, receiver, Checked(study), repeat);

    /// <summary>Declares a study complete</summary>
    /// <remarks>Its series are routed at once instead of after the quiet time.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="inbox">Series that are coming in.</param>
    /// <param name="study">UID of the study.</param>
    private static StatusCodeHttpResult Complete(HttpContext context, [FromServices] Inbox inbox, string study) =>
        inbox.Complete(Caller.Of(context.User), Checked(study)) > 0
            ? TypedResults.StatusCode(StatusCodes.Status202Accepted)
            : throw new SegmentationException(ErrorCode.UnknownSeries, "No series of such a study is coming in; its series may have been routed already.");

    private static async Task AnswerAsync(HttpContext context, StowReceiver receiver, string? study, bool? repeat)
    {
        string accept = context.Request.Headers.Accept.ToString();
        if (accept.Length > 0 && !accept.Contains(BodyTypes.DicomJson, StringComparison.OrdinalIgnoreCase) && !accept.Contains("*/*", StringComparison.Ordinal)
            && !accept.Contains("application/json", StringComparison.OrdinalIgnoreCase))
            throw new SegmentationException(ErrorCode.NotAcceptable, $"The answer is {BodyTypes.DicomJson}; accept that.");
        StowAnswer answer = await receiver.ReceiveAsync(context.Request, study, repeat ?? false).ConfigureAwait(false);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = BodyTypes.DicomJson;
        await context.Response.WriteAsync(answer.ToJson(), context.RequestAborted).ConfigureAwait(false);
    }

    private static string Checked(string study) => DicomWebClient.IsUid(study)
        ? study
        : throw new SegmentationException(ErrorCode.MalformedRequest, "The study of the address must be a UID: digits and points, at most 64.");
}
