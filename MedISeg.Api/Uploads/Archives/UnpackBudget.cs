using System.Globalization;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Uploads.Archives;

/// <summary>Counts what a request's archives unpack to, and stops bombs.</summary>
/// <param name="maxBytes">Most bytes of all archives of the request.</param>
internal sealed class UnpackBudget(long maxBytes)
{
    /// <summary>An archive may unpack to this in any case, bytes: a few empty slices shrink by more than <see cref="MostTimes"/>.</summary>
    private const long AlwaysAllowed = 64L << 20;

    /// <summary>Beyond that, most bytes for each byte of the archive. Images shrink by 2 to 4; deflate could do 1032.</summary>
    private const long MostTimes = 200;

    private long _total, _ofArchive, _archiveLength;

    /// <summary>Begins with an archive.</summary>
    /// <param name="length">Length of the archive, bytes.</param>
    public void Begin(long length) => (_ofArchive, _archiveLength) = (0, length);

    /// <summary>Notes unpacked bytes.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>.</exception>
    public void Spend(int bytes)
    {
        _total += bytes;
        _ofArchive += bytes;
        if (_total > maxBytes)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The archive unpacks to more than {maxBytes} bytes, the limit of this service; send fewer slices. The operator sets Limits:MaxUnpackedBytes."));
        if (_ofArchive > AlwaysAllowed && _ofArchive / MostTimes > _archiveLength)
            throw new SegmentationException(ErrorCode.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"The archive unpacks to more than {MostTimes} times its size, as no series of images does; send the files themselves as parts of a form."));
    }
}
