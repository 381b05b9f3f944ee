using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Uploads;

/// <summary>Tells the kind of an image from its first bytes, so that the kind of result is known before the job is queued.</summary>
internal static class ImageSniffer
{
    /// <summary>Bytes that suffice.</summary>
    public const int HeadLength = 132;

    /// <summary>Kind of an image.</summary>
    /// <param name="head">First bytes of the file, up to <see cref="HeadLength"/>.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.EmptyBody"/>, <see cref="ErrorCode.UnsupportedMediaType"/> for DICOM and
    /// archives, <see cref="ErrorCode.UnreadableImage"/> for all else that is no image.</exception>
    public static InputKind Detect(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) throw new SegmentationException(ErrorCode.EmptyBody, "The image has no bytes; send the file's content.");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) || head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff])
            || head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8))
            return InputKind.Raster;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || IsNifti(head)) return InputKind.Nifti;
        if (head.StartsWith("PK"u8) || head.Length >= 132 && head[128..132].SequenceEqual("DICM"u8))
            throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                "DICOM files and zip archives are not read by this version; convert the series to NIfTI (.nii.gz) and send that.");
        throw new SegmentationException(ErrorCode.UnreadableImage,
            "This is not an image that is read here; send NIfTI (.nii, .nii.gz), PNG, JPEG or TIFF.");
    }

    private static bool IsNifti(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x5c, 1, 0, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0x5c])
        || head.StartsWith((ReadOnlySpan<byte>)[0x1c, 2, 0, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 2, 0x1c]);
}
