using Microsoft.Net.Http.Headers;

namespace MedISeg.Api.Uploads;

/// <summary>Media types of bodies that bring images.</summary>
internal static class BodyTypes
{
    /// <summary>Of DICOM objects.</summary>
    public const string Dicom = "application/dicom";

    /// <summary>Of data sets in the DICOM JSON model.</summary>
    public const string DicomJson = "application/dicom+json";

    /// <summary>Of several parts, one object each.</summary>
    public const string Related = "multipart/related";

    private const string Form = "multipart/form-data";
    private const int LongestBoundary = 200;

    /// <summary>Media types of a body that is the image itself, or an archive of images.</summary>
    public static IReadOnlyList<string> Raw { get; } =
    [
        Dicom, "application/zip", "application/x-zip-compressed", "application/gzip", "application/x-gzip", "application/x-nifti", "application/x-nrrd", "application/x-metaimage",
        "application/octet-stream", "image/png", "image/jpeg", "image/tiff",
    ];

    /// <summary>Whether the body is a form.</summary>
    public static bool IsForm(HttpRequest request) => Is(request, Form);

    /// <summary>Whether the body is a list of DICOM objects.</summary>
    public static bool IsRelatedDicom(HttpRequest request) =>
        Is(request, Related) && Parse(request)!.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("type", StringComparison.OrdinalIgnoreCase)) is { } type
        && HeaderUtilities.RemoveQuotes(type.Value).Equals(Dicom, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the body is one DICOM object.</summary>
    public static bool IsDicom(HttpRequest request) => Is(request, Dicom);

    /// <summary>Whether the body is an image itself, or an archive.</summary>
    public static bool IsRaw(HttpRequest request) =>
        Parse(request)?.MediaType.Value is { } type && Raw.Contains(type, StringComparer.OrdinalIgnoreCase);

    /// <summary>What parts the body; null: nothing, or too long.</summary>
    public static string? Boundary(HttpRequest request)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(Parse(request)!.Boundary).Value;
        return boundary?.Length is > 0 and <= LongestBoundary ? boundary : null;
    }

    private static bool Is(HttpRequest request, string type) => Parse(request)?.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Many clients forget the quotes around the parameter's slash.</summary>
    private static MediaTypeHeaderValue? Parse(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(
            request.ContentType?.Replace($"type={Dicom}", $"type=\"{Dicom}\"", StringComparison.OrdinalIgnoreCase), out MediaTypeHeaderValue? type) ? type : null;
}
