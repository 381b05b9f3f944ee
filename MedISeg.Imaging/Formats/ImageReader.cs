using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads an image of any kind that is read here; the first bytes say which, never a file name.</summary>
public static class ImageReader
{
    private const int MagicLength = 32;

    /// <summary>Reads a file.</summary>
    /// <inheritdoc cref="Read(Stream, ImageLimits)"/>
    /// <param name="path">Path of the file; its name is not looked at.</param>
    /// <param name="limits">Checked against the header before memory is taken.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ImageFile Read(string path, ImageLimits limits)
    {
        using FileStream stream = Open(path);
        return Read(stream, limits);
    }

    /// <summary>Reads an image from a stream.</summary>
    /// <param name="seekable">Seekable, read from its position on; borrowed.</param>
    /// <param name="limits">Checked against the header before memory is taken.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: not an image that is read here, or damaged;
    /// <see cref="ErrorCode.TruncatedImage"/>, <see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.InvalidGeometry"/>,
    /// <see cref="ErrorCode.InvalidVoxels"/> (NaN, infinite).</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ImageFile Read(Stream seekable, ImageLimits limits)
    {
        ImageFormat format = Detect(seekable);
        Volume volume = format switch
        {
            ImageFormat.Nifti or ImageFormat.NiftiGzip => NiftiReader.Read(seekable, limits),
            ImageFormat.Nrrd => NrrdReader.Read(seekable, limits),
            ImageFormat.MetaImage => MetaImageReader.Read(seekable, limits),
            _ => RasterReader.Read(seekable, format, limits),
        };
        return new ImageFile(volume, format);
    }

    /// <summary>Reads a file as a label map: one channel of whole numbers 0 to 65535.</summary>
    /// <inheritdoc cref="Read(string, ImageLimits)"/>
    public static LabelMap ReadLabels(string path, ImageLimits limits)
    {
        using FileStream stream = Open(path);
        return ReadLabels(stream, limits);
    }

    /// <summary>Reads a label map from a stream: one channel of whole numbers 0 to 65535.</summary>
    /// <inheritdoc cref="Read(Stream, ImageLimits)"/>
    public static LabelMap ReadLabels(Stream seekable, ImageLimits limits) => LabelConversion.ToLabels(Read(seekable, limits).Volume);

    /// <summary>The refusal of what is no image.</summary>
    internal static SegmentationException NotAnImage() => new(ErrorCode.UnreadableImage,
        "This is not an image that is read here; send NIfTI-1 or NIfTI-2 (.nii, .nii.gz), NRRD, MetaImage (.mha), PNG, JPEG or TIFF.");

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);

    private static ImageFormat Detect(Stream stream)
    {
        if (!stream.CanSeek) throw new ArgumentException("A seekable stream is needed; copy it into a file first.", nameof(stream));
        long start = stream.Position;
        Span<byte> magic = stackalloc byte[MagicLength];
        magic = magic[..stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)];
        stream.Position = start;
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return ImageFormat.Png;
        if (magic.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff])) return ImageFormat.Jpeg;
        if (magic.StartsWith("II*\0"u8) || magic.StartsWith("MM\0*"u8) || magic.StartsWith("II+\0"u8) || magic.StartsWith("MM\0+"u8))
            return ImageFormat.Tiff;
        if (NiftiHeader.LengthOf(magic) > 0) return ImageFormat.Nifti;
        if (TextFormatOf(magic) is { } text) return text;
        // What is inside the gzip is seen by the NIfTI reader, with the same refusal.
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return ImageFormat.NiftiGzip;
        throw NotAnImage();
    }

    /// <summary>The format of a file that starts with a header of text; null: it is none.</summary>
    /// <param name="magic">Its first bytes, 32 suffice.</param>
    public static ImageFormat? TextFormatOf(ReadOnlySpan<byte> magic) =>
        magic.StartsWith(NrrdHeader.Magic) ? ImageFormat.Nrrd : MetaImageReader.StartsHere(magic) ? ImageFormat.MetaImage : null;
}
