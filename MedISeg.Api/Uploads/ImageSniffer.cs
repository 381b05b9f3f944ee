using System.Buffers.Binary;
using MedISeg.Api.Jobs;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Formats;

namespace MedISeg.Api.Uploads;

/// <summary>Tells the kind of an image from its first bytes, so that the kind of result is known before the job is queued.</summary>
internal static class ImageSniffer
{
    /// <summary>Bytes that suffice; only a DICOM directory needs more than 132.</summary>
    public const int HeadLength = 512;

    /// <summary>What is read here, for refusals.</summary>
    public const string Kinds = "DICOM (also as zip), NIfTI (.nii, .nii.gz), NRRD, MetaImage (.mha), PNG, JPEG or TIFF";

    private const int PreambleLength = 128;

    /// <summary>Longest value of the first element of a data set without preamble that is still believed, bytes.</summary>
    private const uint LongestFirstValue = 4096;

    /// <summary>Kind of an image.</summary>
    /// <param name="head">First bytes of the file, up to <see cref="HeadLength"/>.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.EmptyBody"/>; <see cref="ErrorCode.UnreadableImage"/> for all that is no
    /// image.</exception>
    public static InputKind Detect(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) throw new SegmentationException(ErrorCode.EmptyBody, "The image has no bytes; send the file's content.");
        return Find(head) ?? throw new SegmentationException(ErrorCode.UnreadableImage, $"This is not an image that is read here; send {Kinds}.");
    }

    /// <summary>Kind of an image; null: not one that is read here.</summary>
    /// <inheritdoc cref="Detect" path="/param"/>
    public static InputKind? Find(ReadOnlySpan<byte> head)
    {
        // First: what stands in front of DICM is free, and may be the head of a TIFF.
        if (HasPreamble(head)) return InputKind.Dicom;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) || head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff])
            || head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8))
            return InputKind.Raster;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || IsNifti(head) || ImageReader.TextFormatOf(head) is not null) return InputKind.Nifti;
        return StartsWithElement(head) ? InputKind.Dicom : null;
    }

    /// <summary>Whether it is a zip archive, also an empty one.</summary>
    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8);

    /// <summary>Whether it is the directory of a DICOM medium (DICOMDIR), which lists images and is none.</summary>
    public static bool IsDicomDirectory(ReadOnlySpan<byte> head)
    {
        // (0002,0002) UI: the class of what the file holds; then its length.
        ReadOnlySpan<byte> tag = [2, 0, 2, 0, (byte)'U', (byte)'I'];
        int at = HasPreamble(head) ? head.IndexOf(tag) : -1;
        return at >= 0 && head[(at + tag.Length)..].StartsWith("\u0014\u00001.2.840.10008.1.3.10"u8);
    }

    private static bool HasPreamble(ReadOnlySpan<byte> head) =>
        head.Length >= PreambleLength + 4 && head.Slice(PreambleLength, 4).SequenceEqual("DICM"u8);

    private static bool IsNifti(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0x5c, 1, 0, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0x5c])
        || head.StartsWith((ReadOnlySpan<byte>)[0x1c, 2, 0, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 2, 0x1c]);

    /// <summary>Whether it begins like a data set without preamble: with an element of the group of file meta information, of directories
    /// or of identification.</summary>
    private static bool StartsWithElement(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8) return false;
        bool isExplicit = char.IsAsciiLetterUpper((char)head[4]) && char.IsAsciiLetterUpper((char)head[5]);
        if (BinaryPrimitives.ReadUInt16BigEndian(head) is 2 or 4 or 8) return isExplicit;
        if (BinaryPrimitives.ReadUInt16LittleEndian(head) is not (2 or 4 or 8)) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        return isExplicit || length <= LongestFirstValue && (length & 1) == 0;
    }
}
