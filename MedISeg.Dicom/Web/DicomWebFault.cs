using System.Net;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.Web;

/// <summary>One try that failed; leaves the client as a <see cref="SegmentationException"/>.</summary>
/// <param name="code">What the caller is told.</param>
/// <param name="detail">A sentence for the caller; nothing that the archive wrote.</param>
/// <param name="isTransient">Whether another try may succeed.</param>
/// <param name="cause">For the debugger only.</param>
internal sealed class DicomWebFault(ErrorCode code, string detail, bool isTransient, Exception? cause = null) : Exception(detail, cause)
{
    /// <summary>What the caller is told.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>Whether another try may succeed.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>How long the archive asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The archive cannot be reached, or the connection broke.</summary>
    public static DicomWebFault Unreachable(Exception cause) => new(ErrorCode.PacsFailed,
        "The PACS cannot be reached or ended the connection; check that it runs and that its address in the configuration is right.", true, cause);

    /// <summary>The archive answers, but not as the standard says.</summary>
    public static DicomWebFault Unusable(string what, Exception? cause = null) => new(ErrorCode.PacsFailed,
        $"The PACS {what}; check that its address in the configuration is the root of its DICOMweb service.", false, cause);

    /// <summary>The archive has nothing by these UIDs.</summary>
    public static DicomWebFault UnknownSeries() => new(ErrorCode.UnknownSeries, "The PACS has no such study or series; check both UIDs.", false);

    /// <summary>Refuses an answer that is no success.</summary>
    public static void ThrowIfFailed(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode) return;
        int status = (int)answer.StatusCode;
        throw answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new DicomWebFault(ErrorCode.PacsFailed,
                $"The PACS refused our credentials (HTTP {status}); the operator checks them in the configuration.", false),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => UnknownSeries(),
            HttpStatusCode.RequestEntityTooLarge => new DicomWebFault(ErrorCode.PacsFailed,
                "The PACS takes no objects of this size (HTTP 413); the operator raises its limit.", false),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => Unusable($"redirects to another address (HTTP {status}), which is not followed"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new DicomWebFault(ErrorCode.PacsFailed, $"The PACS answered HTTP {status}; try again later.", answer.StatusCode != HttpStatusCode.NotImplemented)
                {
                    RetryAfter = answer.Headers.RetryAfter?.Delta,
                },
            _ => Unusable($"refused the request (HTTP {status})"),
        };
    }
}
