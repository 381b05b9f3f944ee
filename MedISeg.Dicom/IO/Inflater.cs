using System.IO.Compression;
using System.Runtime.InteropServices;
using MedISeg.Imaging.Errors;

namespace MedISeg.Dicom.IO;

/// <summary>Inflates a deflated data set.</summary>
internal static class Inflater
{
    /// <summary>The inflated bytes, in one array of their own.</summary>
    /// <param name="deflated">Raw deflate, without a zlib header.</param>
    /// <param name="maxBytes">Most bytes that may come out.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.TooLarge"/>, or <see cref="ErrorCode.UnreadableImage"/>: no deflate.</exception>
    public static byte[] Inflate(ReadOnlyMemory<byte> deflated, long maxBytes)
    {
        long most = Math.Min(maxBytes, Array.MaxLength);
        using DeflateStream inflate = Open(deflated);
        try
        {
            return StreamBytes.ReadAll(inflate, most, () => new SegmentationException(
                ErrorCode.TooLarge, $"The deflated DICOM data set has more than {most} bytes once inflated; send it not deflated."));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Damaged(exception);
        }
    }

    /// <summary>The first inflated bytes.</summary>
    /// <param name="deflated">As above.</param>
    /// <param name="length">How many.</param>
    /// <returns>Fewer where there are no more.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: no deflate.</exception>
    public static ReadOnlyMemory<byte> Start(ReadOnlyMemory<byte> deflated, int length)
    {
        using DeflateStream inflate = Open(deflated);
        byte[] start = new byte[length];
        try
        {
            return start.AsMemory(0, inflate.ReadAtLeast(start, length, throwOnEndOfStream: false));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Damaged(exception);
        }
    }

    private static DeflateStream Open(ReadOnlyMemory<byte> deflated) => new(
        MemoryMarshal.TryGetArray(deflated, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(deflated.ToArray(), writable: false),
        CompressionMode.Decompress);

    private static SegmentationException Damaged(Exception exception) => DicomErrors.Damaged("It is not deflated as it says", exception);
}
