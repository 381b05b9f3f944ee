using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads NIfTI-1 and NIfTI-2 in one file, of either byte order, plain or gzip (told by the bytes, not by a name).</summary>
/// <remarks>The rules chosen where the format leaves a choice are in <c>docs/formats.md</c>.</remarks>
public static class NiftiReader
{
    /// <summary>Reads an image.</summary>
    /// <param name="stream">Seekable, read from its position on; borrowed.</param>
    /// <param name="limits">Checked against the header before memory is taken.</param>
    /// <returns>Voxels in the file's type (int8 as short; uint32, int64 and uint64 as double; RGB24 and RGBA32 as 3 and 4 channels
    /// of bytes),
    /// dimensions 4 and 5 as channels, geometry in LPS mm.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.InvalidGeometry"/>, or <see cref="ErrorCode.InvalidVoxels"/> (NaN,
    /// infinite).</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static Volume Read(Stream stream, ImageLimits limits)
    {
        using VoxelInput input = new(stream);
        NiftiHeader header = ReadHeader(input);
        NiftiDatatype type = NiftiDatatype.Of(header.Datatype);
        for (int n = 5; n < 7; n++)
            if (header.Sides[n] > 1)
                throw new SegmentationException(ErrorCode.UnreadableImage,
                    $"Dimension {n + 1} of the image is {header.Sides[n]}; only the first five may exceed 1. Split the image.");
        GridSize grid = limits.Check([.. header.Sides.AsSpan(0, 5), type.Channels], type.Kind.StoredBytes());
        int blocks = (int)(header.Sides[3] * header.Sides[4]);
        VolumeGeometry geometry = new(grid, NiftiAffine.Read(header));
        if (header.VoxelOffset + (long)type.FileBytes * blocks * grid.VoxelCount > input.MostBytes) throw VoxelInput.Truncated();

        (double slope, double intercept) = Scaling(header, type);
        input.SkipTo(header.VoxelOffset);
        Array[] channels = new VoxelReader(input, header.BigEndian, slope, intercept).Read(type.Kind, type.Channels, blocks, (int)grid.VoxelCount);
        input.Finish();
        return new Volume(geometry, channels, slope, intercept);
    }

    /// <summary>Reads a label map: one channel of whole numbers 0 to 65535, in whatever voxel type.</summary>
    /// <inheritdoc cref="Read"/>
    /// <returns>Bytes where no label exceeds 255, else words.</returns>
    public static LabelMap ReadLabels(Stream stream, ImageLimits limits) => LabelConversion.ToLabels(Read(stream, limits));

    private static NiftiHeader ReadHeader(VoxelInput input)
    {
        byte[] bytes = new byte[NiftiHeader.Length2];
        int read = input.ReadUpTo(bytes.AsSpan(0, NiftiHeader.Length1));
        int length = NiftiHeader.LengthOf(bytes.AsSpan(0, read));
        if (length == 0) throw input.IsGzip ? NotInGzip() : ImageReader.NotAnImage();
        if (read < NiftiHeader.Length1) throw VoxelInput.Truncated();
        input.Read(bytes.AsSpan(read, length - read));
        return NiftiHeader.Parse(bytes.AsSpan(0, length));
    }

    private static SegmentationException NotInGzip() => new(ErrorCode.UnreadableImage,
        "Gzip is read around a NIfTI file only, and this holds something else; send other images as they are, and a DICOM series as a zip archive.");

    private static (double Slope, double Intercept) Scaling(NiftiHeader header, NiftiDatatype type)
    {
        if (header.Slope == 0 || !double.IsFinite(header.Slope) || type.Channels > 1) return (1, 0);
        if (!double.IsFinite(header.Intercept))
            throw new SegmentationException(ErrorCode.InvalidVoxels,
                "The NIfTI header's intercept (scl_inter) is not a finite number; correct it.");
        return (header.Slope, header.Intercept);
    }
}
