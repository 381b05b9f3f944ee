using MedISeg.Imaging.Volumes;
using NetVips;

namespace MedISeg.Imaging.Formats;

/// <summary>Writes PNG without loss. The same input gives the same bytes.</summary>
public static class RasterWriter
{
    private const int Compression = 6;

    /// <summary>Writes the raw labels as grey values: 8 bit, or 16 bit where the map is wide.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="labels">One plane.</param>
    /// <exception cref="ArgumentException">The map has more than one plane: PNG holds one picture.</exception>
    public static void WriteLabels(Stream stream, LabelMap labels)
    {
        GridSize grid = labels.Geometry.Grid;
        RequirePlane(grid);
        if (labels.IsWide) Write(stream, (ReadOnlySpan<ushort>)labels.Words, grid, 1);
        else Write(stream, (ReadOnlySpan<byte>)labels.Bytes, grid, 1);
    }

    /// <summary>Writes stored values as grey or RGB, 8 or 16 bit; slope and intercept are lost.</summary>
    /// <param name="stream">Written from its position on; borrowed, left open.</param>
    /// <param name="image">One plane, 1 or 3 channels of bytes or unsigned 16-bit words.</param>
    /// <exception cref="ArgumentException">Another number of planes or channels, or another voxel type.</exception>
    public static void WriteImage(Stream stream, Volume image)
    {
        GridSize grid = image.Geometry.Grid;
        RequirePlane(grid);
        if (image.Channels is not (1 or 3)) throw new ArgumentException("PNG holds one channel or three.", nameof(image));
        if (image.VoxelType == typeof(byte)) Write<byte>(stream, Interleave<byte>(image), grid, image.Channels);
        else if (image.VoxelType == typeof(ushort)) Write<ushort>(stream, Interleave<ushort>(image), grid, image.Channels);
        else throw new ArgumentException("PNG holds bytes or unsigned 16-bit words.", nameof(image));
    }

    /// <summary>Writes interleaved samples.</summary>
    internal static void Write<T>(Stream stream, ReadOnlySpan<T> samples, GridSize grid, int bands) where T : unmanaged
    {
        Vips.EnsurePrepared();
        bool wide = typeof(T) == typeof(ushort);
        Enums.BandFormat format = wide ? Enums.BandFormat.Ushort : Enums.BandFormat.Uchar;
        using Image image = Image.NewFromMemoryCopy(samples, grid.Width, grid.Height, bands, format);
        // Without its name libvips would take 16 bits for 8.
        using Image named = image.Copy(interpretation: (wide, bands) switch
        {
            (true, 1) => Enums.Interpretation.Grey16,
            (true, _) => Enums.Interpretation.Rgb16,
            (false, 1) => Enums.Interpretation.Bw,
            _ => Enums.Interpretation.Srgb,
        });
        stream.Write(named.PngsaveBuffer(compression: Compression, keep: Enums.ForeignKeep.None));
    }

    private static void RequirePlane(GridSize grid)
    {
        if (grid.Depth != 1)
            throw new ArgumentException($"PNG holds one plane; this grid has {grid.Depth}. Write NIfTI.");
    }

    private static T[] Interleave<T>(Volume image) where T : unmanaged
    {
        int count = checked((int)image.Geometry.Grid.VoxelCount), bands = image.Channels;
        T[] samples = new T[checked(count * bands)];
        for (int c = 0; c < bands; c++)
        {
            ReadOnlySpan<T> voxels = image.Voxels<T>(c);
            for (int n = 0; n < count; n++) samples[n * bands + c] = voxels[n];
        }
        return samples;
    }
}
