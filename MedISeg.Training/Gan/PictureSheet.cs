using MedISeg.Imaging.Formats;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Gan;

/// <summary>A picture for the eye: a row a sample, with its mask, the made image and the real one.</summary>
/// <param name="patch">Extent of the samples.</param>
/// <param name="classes">Classes with background.</param>
internal sealed class PictureSheet(GridSize patch, int classes)
{
    private const int Columns = 3, SmallestSide = 96, Gap = 2;
    private readonly List<byte[]> _tiles = [];

    /// <summary>Adds a row: the plane with the most foreground, its first channel, in the grey levels of the real image.</summary>
    /// <param name="truth">[depth, height, width].</param>
    /// <param name="made">[depth, height, width], normalised.</param>
    /// <param name="real">The same.</param>
    public void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<float> made, ReadOnlySpan<float> real)
    {
        int pixels = patch.Height * patch.Width, best = 0, most = -1;
        for (int k = 0; k < patch.Depth; k++)
        {
            int count = pixels - truth.Slice(k * pixels, pixels).Count((byte)0);
            if (count > most) (best, most) = (k, count);
        }
        byte[] mask = new byte[pixels];
        for (int n = 0; n < pixels; n++) mask[n] = (byte)(truth[best * pixels + n] * 255 / (classes - 1));
        real = real.Slice(best * pixels, pixels);
        float low = float.MaxValue, high = float.MinValue;
        foreach (float value in real) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        _tiles.Add(mask);
        _tiles.Add(Grey(made.Slice(best * pixels, pixels), low, high));
        _tiles.Add(Grey(real, low, high));
    }

    /// <summary>Writes a PNG.</summary>
    public void Write(string path)
    {
        int zoom = Math.Max(1, (SmallestSide + patch.Width - 1) / patch.Width), height = patch.Height * zoom + Gap, width = patch.Width * zoom + Gap;
        GridSize sheet = new(1, _tiles.Count / Columns * height, Columns * width);
        byte[] pixels = new byte[sheet.VoxelCount];
        for (int tile = 0; tile < _tiles.Count; tile++)
            for (int y = 0; y < patch.Height * zoom; y++)
                for (int x = 0; x < patch.Width * zoom; x++)
                    pixels[(tile / Columns * height + y) * sheet.Width + tile % Columns * width + x] = _tiles[tile][y / zoom * patch.Width + x / zoom];
        using FileStream stream = File.Create(path);
        RasterWriter.WriteImage(stream, new Volume(VolumeGeometry.AxisAligned(sheet, new SpacingMm(1, 1, 1)), [pixels]));
    }

    private static byte[] Grey(ReadOnlySpan<float> values, float low, float high)
    {
        byte[] levels = new byte[values.Length];
        for (int n = 0; n < levels.Length; n++)
            levels[n] = high > low ? (byte)Math.Clamp((values[n] - low) / (high - low) * 255, 0, 255) : (byte)0;
        return levels;
    }
}
