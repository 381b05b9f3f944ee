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
internal sealed class UploadReader(JobFiles files, ModelCatalog models, UploadGate gate, IOptions<LimitOptions> limits)
{
    private const int BufferLength = 1 << 17;
    private const int LongestField = 64 * 1024;

    /// <summary>Refuses, before anything is read, what can be refused by the headers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.EmptyBody"/>, <see cref="ErrorCode.TooLarge"/>,
    /// <see cref="ErrorCode.UnsupportedMediaType"/>.</exception>
    public void CheckHeaders(HttpRequest request)
    {
        bool hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? request.ContentLength is not 0;
        if (!hasBody || request.ContentLength is 0)
            throw new SegmentationException(ErrorCode.EmptyBody, "Send the image as form part 'image' (multipart/form-data) or as the body of the request.");
        if (request.ContentLength > limits.Value.MaxUploadBytes) throw LimitedStream.TooLarge(limits.Value.MaxUploadBytes);
        if (!BodyTypes.IsForm(request) && !BodyTypes.IsRelatedDicom(request) && !BodyTypes.IsRaw(request))
            throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                $"Send Content-Type multipart/form-data with a part 'image', {BodyTypes.Related}; type=\"{BodyTypes.Dicom}\", "
                + $"or the image itself as one of {string.Join(", ", BodyTypes.Raw)}.");
        if (request.Headers.ContentEncoding.Count > 0)
            throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                "Send the body without Content-Encoding; compressed NIfTI is Content-Type application/gzip.");
    }

    /// <summary>Streams the body into a folder.</summary>
    /// <param name="request">Its headers were checked.</param>
    /// <param name="id">Id of the upload; its folder is created.</param>
    /// <exception cref="SegmentationException">The form is malformed, a limit is exceeded, or a file is no image.</exception>
    public Task<Upload> ReadAsync(HttpRequest request, string id) => gate.ReadAsync(request.HttpContext, stop => ReadAsync(request, id, stop));

    private async Task<Upload> ReadAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        UploadFolder folder = new(files.StartUpload(id), limits.Value);
        LimitedStream body = new(request.Body, limits.Value.MaxUploadBytes);
        if (BodyTypes.IsRaw(request))
        {
            await folder.AddAsync(body, null, cancellationToken).ConfigureAwait(false);
            return new Upload(folder.Files, folder.Skipped, null, null, null);
        }
        string boundary = BodyTypes.Boundary(request) ?? throw Malformed("The multipart Content-Type needs a boundary of 1 to 200 characters.");
        MultipartReader reader = new(boundary, body, BufferLength);
        return BodyTypes.IsForm(request)
            ? await ReadFormAsync(reader, folder, cancellationToken).ConfigureAwait(false)
            : await ReadRelatedAsync(reader, folder, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PartStream.IsDamage(e))
        {
            throw PartStream.Damaged(e);
        }
    }

    private async Task<Upload> ReadFormAsync(MultipartReader reader, UploadFolder folder, CancellationToken cancellationToken)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        for (int place = 1; await NextAsync(reader, cancellationToken).ConfigureAwait(false) is { } section; place++)
        {
            string name = PartName(section, place);
            if (name is not ("model" or "options" or "notify"))
                await folder.AddAsync(new PartStream(section.Body), Channel(name, place), cancellationToken).ConfigureAwait(false);
            else if (!fields.TryAdd(name, await ReadFieldAsync(new PartStream(section.Body), name, cancellationToken).ConfigureAwait(false)))
                throw Malformed($"Form part '{name}' came twice; send it once.");
        }
        if (folder.Files.Count == 0) throw new SegmentationException(ErrorCode.EmptyBody, "The form has no part 'image'; add the image file as part 'image'.");
        return new Upload(folder.Files, folder.Skipped, Field(fields, "model"), Field(fields, "options"), Field(fields, "notify"));
    }

    private static async Task<Upload> ReadRelatedAsync(MultipartReader reader, UploadFolder folder, CancellationToken cancellationToken)
    {
        for (int place = 1; await NextAsync(reader, cancellationToken).ConfigureAwait(false) is { } section; place++)
        {
            if (MediaTypeHeaderValue.TryParse(section.ContentType, out MediaTypeHeaderValue? type)
                && !type.MediaType.Equals(BodyTypes.Dicom, StringComparison.OrdinalIgnoreCase))
                throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                    $"Part {place} of the request is not of Content-Type {BodyTypes.Dicom}; send DICOM objects only.");
            await folder.AddInstanceAsync(new PartStream(section.Body), place, cancellationToken).ConfigureAwait(false);
        }
        return folder.Files.Count > 0
            ? new Upload(folder.Files, 0, null, null, null)
            : throw new SegmentationException(ErrorCode.EmptyBody, "The request has no parts; add each DICOM object as a part.");
    }

    private static string? Field(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out string? text) && !string.IsNullOrWhiteSpace(text) ? text : null;

    private static string PartName(MultipartSection section, int place)
    {
        ContentDispositionHeaderValue? disposition = section.GetContentDispositionHeader();
        string? name = disposition is null ? null : HeaderUtilities.RemoveQuotes(disposition.Name).Value;
        return string.IsNullOrEmpty(name)
            ? throw Malformed($"Form part {place} has no name; give it Content-Disposition: form-data; name=\"image\", \"model\", \"options\" or \"notify\".")
            : name;
    }

    private string? Channel(string name, int place)
    {
        if (name == "image") return null;
        bool known = models.Models.Any(model => model.Inputs.Any(input => input.Name == name));
        return known ? name : throw Malformed(
            $"{Capital(GivenName.Of(name, "form part", place))} is not known; the parts are 'image' (or parts named like the model's inputs), 'model', 'options' and 'notify'.");
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

    private static SegmentationException Malformed(string detail) => new(ErrorCode.MalformedRequest, detail);
}
