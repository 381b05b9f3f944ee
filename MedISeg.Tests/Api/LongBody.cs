using System.Net;

namespace MedISeg.Tests.Api;

/// <summary>A NIfTI header and then zeros, as many as asked for or until nobody takes any more.</summary>
internal sealed class LongBody : HttpContent
{
    private readonly long? _announced;
    private readonly bool _form;
    private readonly long _length;

    /// <summary>Makes one.</summary>
    /// <param name="announced">Content-Length; null: chunked.</param>
    /// <param name="type">Content-Type; a form has boundary b.</param>
    /// <param name="length">Bytes to send.</param>
    public LongBody(long? announced, string type = "application/octet-stream", long length = 50L << 20)
    {
        _length = length;
        _announced = announced;
        _form = type.StartsWith("multipart", StringComparison.Ordinal);
        Headers.TryAddWithoutValidation("Content-Type", type);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        byte[] head = [.. _form ? "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"u8.ToArray() : [], .. TestImages.SmallNifti(gzip: false)];
        byte[] zeros = new byte[16 * 1024];
        await stream.WriteAsync(head);
        for (long sent = head.Length; sent < _length; sent += zeros.Length)
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
