using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Uploads;

/// <summary>Reads a request body and stops at a limit, whatever the request's Content-Length said.</summary>
internal sealed class LimitedStream(Stream inner, long maxBytes) : ForwardStream
{
    private long _read;

    /// <summary>The refusal of a body that is too large.</summary>
    public static SegmentationException TooLarge(long maxBytes) => new(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
        $"The upload exceeds the limit of {maxBytes} bytes; compress the image (.nii.gz, zip) or crop it. The operator sets Limits:MaxUploadBytes."));

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        return _read > maxBytes ? throw TooLarge(maxBytes) : count;
    }
}
