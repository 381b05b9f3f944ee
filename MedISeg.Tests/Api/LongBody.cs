using System.Net;

namespace MedISeg.Tests.Api;

/// <summary>A NIfTI header and then 200 MiB of zeros, or until nobody reads any more.</summary>
internal sealed class LongBody : HttpContent
{
    private const long Length = 200L << 20;
    private readonly long? _announced;
    private readonly bool _form;

    /// <summary>Makes one.</summary>
    /// <param name="announced">Content-Length; null: chunked.</param>
    /// <param name="type">Content-Type; a form has boundary b.</param>
    public LongBody(long? announced, string type = "application/octet-stream")
    {
        _announced = announced;
        _form = type.StartsWith("multipart", StringComparison.Ordinal);
        Headers.TryAddWithoutValidation("Content-Type", type);
    }

    /// <summary>Bytes that the other end took.</summary>
    public long Sent { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        byte[] head = [.. _form ? "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"u8.ToArray() : [], .. TestImages.SmallNifti(gzip: false)];
        byte[] zeros = new byte[16 * 1024];
        await stream.WriteAsync(head);
        for (Sent = head.Length; Sent < Length; Sent += zeros.Length)
        {
            await stream.WriteAsync(zeros);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _announced ?? 0;
        return _announced is not null;
    }
}
