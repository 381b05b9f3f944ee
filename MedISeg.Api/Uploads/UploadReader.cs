using System.Text;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace MedISeg.Api.Uploads;

/// <summary>Streams a request's files to the disk. Nothing but one buffer and the small form fields is held in memory.</summary>
internal sealed class UploadReader(JobFiles files, ModelCatalog models, IOptions<LimitOptions> limits)
{
    private const int BufferLength = 1 << 17;
    private const int LongestField = 64 * 1024;
    private const int LongestBoundary = 200;
    private const string Multipart = "multipart/form-data";

    /// <summary>Media types of a body that is the image itself.</summary>
    public static IReadOnlyList<string> RawTypes { get; } =
        ["application/gzip", "application/x-gzip", "application/x-nifti", "application/octet-stream", "image/png", "image/jpeg", "image/tiff"];

    /// <summary>Refuses, before anything is read, what can be refused by the headers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.EmptyBody"/>, <see cref="ErrorCode.TooLarge"/>,
    /// <see cref="ErrorCode.UnsupportedMediaType"/>.</exception>
    public void CheckHeaders(HttpRequest request)
    {
        bool hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength is not 0;
        if (!hasBody || request.ContentLength is 0)
            throw new SegmentationException(ErrorCode.EmptyBody, "Send the image as form part 'image' (multipart/form-data) or as the body of the request.");
        if (request.ContentLength > limits.Value.MaxUploadBytes) throw LimitedStream.TooLarge(limits.Value.MaxUploadBytes);
        string? type = MediaType(request)?.MediaType.Value;
        if (!IsForm(request) && (type is null || !RawTypes.Contains(type, StringComparer.OrdinalIgnoreCase)))
            throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                $"Send Content-Type multipart/form-data with a part 'image', or the image itself as one of {string.Join(", ", RawTypes)}.");
        if (request.Headers.ContentEncoding.Count > 0)
            throw new SegmentationException(ErrorCode.UnsupportedMediaType, "Send the body without Content-Encoding; compressed NIfTI is Content-Type application/gzip.");
    }

    /// <summary>Whether the body is a form; otherwise it is the image itself.</summary>
    public static bool IsForm(HttpRequest request) => MediaType(request)?.MediaType.Equals(Multipart, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <summary>Streams the body into a folder.</summary>
    /// <param name="request">Its headers were checked.</param>
    /// <param name="id">Id of the upload; its folder is created.</param>
    /// <param name="cancellationToken">The client went away.</param>
    /// <exception cref="SegmentationException">The form is malformed, a limit is exceeded, or a file is no image.</exception>
    public async Task<Upload> ReadAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        string folder = files.StartUpload(id);
        LimitedStream body = new(request.Body, limits.Value.MaxUploadBytes);
        if (IsForm(request)) return await ReadFormAsync(request, body, folder, cancellationToken).ConfigureAwait(false);
        InputKind kind = await SaveAsync(body, folder, 0, cancellationToken).ConfigureAwait(false);
        return new Upload([new UploadedFile(null, kind)], null, null);
    }

    private static MediaTypeHeaderValue? MediaType(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) ? type : null;

    private async Task<Upload> ReadFormAsync(HttpRequest request, Stream body, string folder, CancellationToken cancellationToken)
    {
        string? boundary = HeaderUtilities.RemoveQuotes(MediaType(request)!.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > LongestBoundary)
            throw Malformed("The Content-Type multipart/form-data needs a boundary of 1 to 200 characters.");
        MultipartReader reader = new(boundary, body, BufferLength);
        List<UploadedFile> images = [];
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        int place = 0;
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section)
            {
                place++;
                string name = PartName(section, place);
                if (name is "model" or "options")
                {
                    if (!fields.TryAdd(name, await ReadFieldAsync(section.Body, name, cancellationToken).ConfigureAwait(false)))
                        throw Malformed($"Form part '{name}' came twice; send it once.");
                    continue;
                }
                string? channel = Channel(name, place);
                if (images.Count >= limits.Value.MaxFiles)
                    throw new SegmentationException(ErrorCode.TooLarge, $"The request holds more than {limits.Value.MaxFiles} files, the limit of this service; send fewer.");
                images.Add(new UploadedFile(channel, await SaveAsync(section.Body, folder, images.Count, cancellationToken).ConfigureAwait(false)));
            }
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
        {
            // The reader's own complaints; a broken connection is a subclass of IOException or a cancellation.
            throw new SegmentationException(ErrorCode.MalformedRequest,
                "The multipart body is damaged or ends early: check the boundary and send all parts with their headers.", e);
        }
        if (images.Count == 0) throw new SegmentationException(ErrorCode.EmptyBody, "The form has no part 'image'; add the image file as part 'image'.");
        return new Upload(images, Field(fields, "model"), Field(fields, "options"));
    }

    private static string? Field(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? text) && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static string PartName(MultipartSection section, int place)
    {
        ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
        string? name = disposition is null ? null : HeaderUtilities.RemoveQuotes(disposition.Name).Value;
        return string.IsNullOrEmpty(name)
            ? throw Malformed($"Form part {place} has no name; give it Content-Disposition: form-data; name=\"image\", \"model\" or \"options\".")
            : name;
    }

    private string? Channel(string name, int place)
    {
        if (name == "image") return null;
        bool known = models.Models.Any(model => model.Inputs.Any(input => input.Name == name));
        return known ? name : throw Malformed(
            $"{Capital(GivenName.Of(name, "form part", place))} is not known; the parts are 'image' (or one part a channel, named like the model's inputs), 'model' and 'options'.");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static async Task<string> ReadFieldAsync(Stream body, string name, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[LongestField + 1];
        int count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (count > LongestField) throw Malformed($"Form part '{name}' is longer than {LongestField} bytes; shorten it.");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed($"Form part '{name}' is not UTF-8 text.");
        }
    }

    private static async Task<InputKind> SaveAsync(Stream from, string folder, int index, CancellationToken cancellationToken)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferLength);
        int count = await from.ReadAtLeastAsync(buffer, ImageSniffer.HeadLength, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        // Refused by its first bytes: the rest need not come.
        InputKind kind = ImageSniffer.Detect(buffer.AsSpan(0, Math.Min(count, ImageSniffer.HeadLength)));
        FileStream file = new(Path.Combine(folder, JobFiles.InputName(index)), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        await using (file.ConfigureAwait(false))
        {
            while (count > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                count = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            file.Flush(flushToDisk: true);
        }
        return kind;
    }

    private static SegmentationException Malformed(string detail) => new(ErrorCode.MalformedRequest, detail);
}
