using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Reads a window of a one-plane case as if the whole image had been transformed: linear for intensities, nearest for classes, with
/// the image mirrored at its outermost pixel centres.</summary>
internal static class PlaneReader
{
    /// <summary>Fills a window.</summary>
    /// <param name="source">A case of one plane.</param>
    /// <param name="transform">Transform of the whole image.</param>
    /// <param name="start">First pixel of the window on the transformed image; it may reach outside, where everything is 0.</param>
    /// <param name="window">Extent of the window.</param>
    /// <param name="image">Receives [channels, 1, height, width].</param>
    /// <param name="classes">Receives [1, height, width].</param>
    public static void Read(TrainingCase source, PlaneTransform transform, VoxelIndex start, GridSize window, Span<float> image, Span<byte> classes)
    {
        image.Clear();
        classes.Clear();
        int height = source.Grid.Height, width = source.Grid.Width, pixels = checked((int)window.VoxelCount);
        for (int j = Math.Max(0, -start.J); j < Math.Min(window.Height, height - start.J); j++)
            for (int i = Math.Max(0, -start.I); i < Math.Min(window.Width, width - start.I); i++)
            {
                (double x, double y) = transform.Back(i + start.I, j + start.J);
                int left = (int)Math.Floor(x), top = (int)Math.Floor(y), n = j * window.Width + i;
                int x0 = CubicTaps.Mirror(left, width), x1 = CubicTaps.Mirror(left + 1, width);
                int y0 = CubicTaps.Mirror(top, height) * width, y1 = CubicTaps.Mirror(top + 1, height) * width;
                float u = (float)(x - left), v = (float)(y - top);
                for (int channel = 0; channel < source.Channels; channel++)
                {
                    ReadOnlySpan<Half> values = source.Intensities(channel);
                    float upper = (float)values[y0 + x0] * (1 - u) + (float)values[y0 + x1] * u;
                    float lower = (float)values[y1 + x0] * (1 - u) + (float)values[y1 + x1] * u;
                    image[channel * pixels + n] = upper * (1 - v) + lower * v;
                }
                classes[n] = source.Classes[(v < 0.5f ? y0 : y1) + (u < 0.5f ? x0 : x1)];
            }
    }
}
