using System.Data.Common;
using MedISeg.Imaging.Errors;
using Microsoft.EntityFrameworkCore.Storage;

namespace MedISeg.Api.Problems;

/// <summary>The edge: turns exceptions and empty error answers into problems, and logs what was our fault without its message.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested && failure is (OperationCanceledException or IOException))
        {
            // The client went away: nobody is left to answer.
            return;
        }
        catch (SegmentationException failure)
        {
            await AnswerAsync(context, failure.Code, failure.Message, failure.Errors, failure).ConfigureAwait(false);
            return;
        }
        catch (BadHttpRequestException failure)
        {
            (ErrorCode code, string detail) = Explain(failure);
            await AnswerAsync(context, code, detail, [], failure).ConfigureAwait(false);
            return;
        }
        catch (Exception failure) when (failure is RetryLimitExceededException or DbException { IsTransient: true })
        {
            Log.RequestFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            await AnswerAsync(context, ErrorCode.StoreUnavailable, null, [], failure).ConfigureAwait(false);
            return;
        }
#pragma warning disable CA1031 // This is the edge.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.RequestFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            await AnswerAsync(context, ErrorCode.Internal, null, [], failure).ConfigureAwait(false);
            return;
        }
        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            await AnswerStatusAsync(context).ConfigureAwait(false);
    }

    private static (ErrorCode Code, string Detail) Explain(BadHttpRequestException failure) => failure.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => (ErrorCode.TooLarge, "The request body is larger than this address takes."),
        StatusCodes.Status415UnsupportedMediaType =>
            (ErrorCode.UnsupportedMediaType, "The request's Content-Type is not read at this address; /swagger lists those that are."),
        StatusCodes.Status408RequestTimeout => (ErrorCode.MalformedRequest, "The request body arrived too slowly; send it again over a faster connection."),
        _ => (ErrorCode.MalformedRequest, "The request cannot be read as HTTP or a parameter has the wrong form; compare it with the example in /swagger."),
    };

    private static Task AnswerStatusAsync(HttpContext context)
    {
        (ErrorCode code, string detail) = context.Response.StatusCode switch
        {
            StatusCodes.Status401Unauthorized => (ErrorCode.Unauthenticated, "Send a valid key in the header 'X-Api-Key' or as 'Authorization: Bearer KEY'."),
            StatusCodes.Status403Forbidden => (ErrorCode.Forbidden, "Your credentials do not allow this; ask the operator."),
            StatusCodes.Status404NotFound => (ErrorCode.NotFound, "There is nothing at this address; /swagger lists the addresses."),
            StatusCodes.Status405MethodNotAllowed => (ErrorCode.MethodNotAllowed, "Use one of the methods in the header Allow."),
            StatusCodes.Status413PayloadTooLarge => (ErrorCode.TooLarge, "The request body is larger than this address takes."),
            StatusCodes.Status415UnsupportedMediaType =>
                (ErrorCode.UnsupportedMediaType, "The request's Content-Type is not read at this address; /swagger lists those that are."),
            >= 500 => (ErrorCode.Internal, ""),
            _ => (ErrorCode.MalformedRequest, "The request does not fit the API; compare it with the example in /swagger."),
        };
        return ProblemResponse.WriteAsync(context, code, detail);
    }

    private async Task AnswerAsync(HttpContext context, ErrorCode code, string? detail, IReadOnlyList<KeyError> errors, Exception failure)
    {
        if (context.Response.HasStarted)
        {
            Log.AnswerBroken(logger, failure.GetType().Name);
            context.Abort();
            return;
        }
        Log.RequestRefused(logger, ProblemTable.Of(code).Name);
        // A body that was not read to its end would be taken for the next request.
        bool close = code == ErrorCode.TooLarge;
        context.Response.Clear();
        if (close) context.Response.Headers.Connection = "close";
        await ProblemResponse.WriteAsync(context, code, detail, errors: errors).ConfigureAwait(false);
    }
}
