using System.Diagnostics;
using System.Globalization;
using MedISeg.Api.Hosting;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Problems;

/// <summary>Writes problems as <c>application/problem+json</c>.</summary>
internal static class ProblemResponse
{
    /// <summary>Media type of problems.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Seconds a caller should wait when the service cannot take work now.</summary>
    private const int RetryAfterSeconds = 10;

    /// <summary>Trace id of a request.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.Id ?? context.TraceIdentifier;

    /// <summary>Writes the problem of a code. The response must not have started.</summary>
    public static Task WriteAsync(
        HttpContext context, ErrorCode code, string? detail, string? instance = null, IReadOnlyList<KeyError>? errors = null)
    {
        HttpResponse response = context.Response;
        Addresses addresses = context.RequestServices.GetRequiredService<Addresses>();
        Problem problem = Problem.Create(addresses, code, detail, TraceId(context), instance, errors);
        response.StatusCode = problem.Status;
        if (code is (ErrorCode.QueueFull or ErrorCode.ShuttingDown or ErrorCode.StoreUnavailable or ErrorCode.StorageFull or ErrorCode.QuotaExceeded) && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        if (code is ErrorCode.Unauthenticated)
            response.Headers.WWWAuthenticate = "Bearer realm=\"mediseg\"";
        return response.WriteAsJsonAsync(problem, ApiJson.Options, MediaType, context.RequestAborted);
    }
}
