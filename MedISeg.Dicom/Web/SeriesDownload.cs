using System.Globalization;
using System.Net.Http.Headers;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.WebUtilities;

namespace MedISeg.Dicom.Web;

/// <summary>Writes the parts of a multipart answer to the disk as they come; holds one buffer, so that a slow disk slows the archive down.</summary>
/// <param name="pathOf">Path of the n-th object, from 0.</param>
/// <param name="options">Limits.</param>
internal sealed class SeriesDownload(Func<int, string> pathOf, DicomWebOptions options)
{
    private const int BufferLength = 1 << 17;

    private readonly List<string> _paths = [];
    private long _bytes;

    /// <summary>What was written.</summary>
    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Writes all parts of an answer.</summary>
    public async Task AddAsync(HttpContent content, CancellationToken cancellationToken)
    {
        MediaTypeHeaderValue? type = content.Headers.ContentType;
        Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            // Some archives send a single object as it is.
            if (IsDicom(type?.MediaType))
            {
                await WriteAsync(body, cancellationToken).ConfigureAwait(false);
                return;
            }
            string? boundary = type?.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"');
            if (string.IsNullOrEmpty(boundary) || !"multipart/related".Equals(type!.MediaType, StringComparison.OrdinalIgnoreCase))
                throw DicomWebFault.Unusable("answered with something else than DICOM objects");
            MultipartReader parts = new(boundary, body, BufferLength);
            while (await ReadAsync(() => new ValueTask<MultipartSection?>(parts.ReadNextSectionAsync(cancellationToken))).ConfigureAwait(false) is { } part)
            {
                if (part.ContentType is { } given && !(MediaTypeHeaderValue.TryParse(given, out MediaTypeHeaderValue? partType) && IsDicom(partType.MediaType)))
                    throw DicomWebFault.Unusable("answered with something else than DICOM objects");
                await WriteAsync(part.Body, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes what was written.</summary>
    public void Discard()
    {
        foreach (string path in _paths) File.Delete(path);
        _paths.Clear();
    }

    private async Task WriteAsync(Stream body, CancellationToken cancellationToken)
    {
        if (_paths.Count >= options.MaxInstances) throw TooManyInstances(options.MaxInstances);
        string path = pathOf(_paths.Count);
        _paths.Add(path);
        byte[] buffer = new byte[BufferLength];
        FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await using (file.ConfigureAwait(false))
            while (await ReadAsync(() => body.ReadAsync(buffer, cancellationToken)).ConfigureAwait(false) is > 0 and int count)
            {
                _bytes += count;
                if (_bytes > options.MaxBytes)
                    throw new DicomWebFault(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                        $"The series has over {options.MaxBytes} bytes, which is the limit; segment a shorter series. The operator sets the limit."), false);
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
    }

    /// <summary>Tells a connection that broke, or a body that ends early, from a disk that fails.</summary>
    private static async Task<T> ReadAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw DicomWebFault.Unreachable(e);
        }
    }

    /// <summary>The refusal of a series that is too long.</summary>
    public static DicomWebFault TooManyInstances(int most) => new(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"The series has over {most} instances, which is the limit; segment a shorter series. The operator sets the limit."), false);

    private static bool IsDicom(string? mediaType) => DicomWebClient.Dicom.Equals(mediaType, StringComparison.OrdinalIgnoreCase);
}
