using MedISeg.Imaging.Errors;

namespace MedISeg.Imaging.Formats;

/// <summary>A voxel type of NIfTI that is read.</summary>
/// <param name="Code">Its code in the header.</param>
/// <param name="Channels">Channels that it makes: 3 or 4 for colours, else 1.</param>
/// <param name="Kind">Type of one number.</param>
internal readonly record struct NiftiDatatype(int Code, int Channels, VoxelKind Kind)
{
    public const int UInt8 = 2, Int16 = 4, Int32 = 8, Float32 = 16, Float64 = 64, Rgb24 = 128,
        Int8 = 256, UInt16 = 512, UInt32 = 768, Int64 = 1024, UInt64 = 1280, Rgba32 = 2304;

    private const int Binary = 1, Complex64 = 32, Float128 = 1536, Complex128 = 1792, Complex256 = 2048;

    /// <summary>Bytes of one voxel in the file, all its channels together.</summary>
    public int FileBytes => Kind.FileBytes() * Channels;

    /// <summary>The type of a code.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>: a type that is not read, or none.</exception>
    public static NiftiDatatype Of(int code) => code switch
    {
        UInt8 => new(code, 1, VoxelKind.UInt8),
        Int8 => new(code, 1, VoxelKind.Int8),
        Int16 => new(code, 1, VoxelKind.Int16),
        UInt16 => new(code, 1, VoxelKind.UInt16),
        Int32 => new(code, 1, VoxelKind.Int32),
        UInt32 => new(code, 1, VoxelKind.UInt32),
        Int64 => new(code, 1, VoxelKind.Int64),
        UInt64 => new(code, 1, VoxelKind.UInt64),
        Float32 => new(code, 1, VoxelKind.Float32),
        Float64 => new(code, 1, VoxelKind.Float64),
        Rgb24 => new(code, 3, VoxelKind.UInt8),
        Rgba32 => new(code, 4, VoxelKind.UInt8),
        Complex64 or Complex128 or Complex256 => throw new SegmentationException(ErrorCode.UnreadableImage,
            "The voxels are complex numbers, which no model here takes; send the magnitude (or one part) as float32."),
        Float128 => throw new SegmentationException(ErrorCode.UnreadableImage,
            "128-bit floats are not read; store the image as float32 or float64."),
        Binary => throw new SegmentationException(ErrorCode.UnreadableImage, "One-bit voxels are not read; store the image as uint8."),
        _ => throw new SegmentationException(ErrorCode.UnreadableImage,
            $"The NIfTI header names the voxel type {code}, which is unknown; " +
            "integers of 8 to 64 bits, float32, float64, RGB24 and RGBA32 are read."),
    };
}
