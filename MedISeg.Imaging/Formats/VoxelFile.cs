using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Formats;

/// <summary>Reads the voxels behind a text header.</summary>
internal static class VoxelFile
{
    /// <summary>Value of a skip that says: the voxels are the last bytes of the file.</summary>
    public const long AtTheEnd = -1;

    /// <summary>Reads a volume.</summary>
    /// <param name="stream">Seekable, at the first byte behind the header; borrowed.</param>
    /// <param name="packing">How the voxels are packed.</param>
    /// <param name="skip">Bytes before the first voxel, once unpacked, or <see cref="AtTheEnd"/>.</param>
    /// <param name="kind">Type of the numbers.</param>
    /// <param name="bigEndian">Byte order.</param>
    /// <param name="sides">Width, height, depth, numbers a voxel side by side, grids behind each other; each at least 1.</param>
    /// <param name="indexToPatient">Voxel index (i, j, k) to mm in LPS.</param>
    /// <param name="limits">Checked before memory is taken.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnreadableImage"/>, <see cref="ErrorCode.TruncatedImage"/>,
    /// <see cref="ErrorCode.TooLarge"/>, <see cref="ErrorCode.InvalidGeometry"/>, <see cref="ErrorCode.InvalidVoxels"/>.</exception>
    public static Volume Read(
        Stream stream, Packing packing, long skip, VoxelKind kind, bool bigEndian, long[] sides, Affine indexToPatient, ImageLimits limits)
    {
        GridSize grid = limits.Check(sides, kind.StoredBytes());
        VolumeGeometry geometry = new(grid, indexToPatient);
        int interleaved = (int)sides[3], blocks = (int)sides[4];
        long bytes = grid.VoxelCount * interleaved * blocks * kind.FileBytes();
        using VoxelInput input = new(stream, packing);
        if (skip == AtTheEnd) skip = Math.Max(0, input.MostBytes - bytes);
        if (bytes > input.MostBytes || skip > input.MostBytes - bytes) throw VoxelInput.Truncated();
        input.SkipTo(skip);
        Array[] channels = new VoxelReader(input, bigEndian, 1, 0).Read(kind, interleaved, blocks, (int)grid.VoxelCount);
        input.Finish();
        return new Volume(geometry, channels);
    }
}
