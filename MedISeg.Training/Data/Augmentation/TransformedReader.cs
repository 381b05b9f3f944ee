using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Reads a window of a case turned and scaled about the window's middle, in one resampling: intensities linearly between the eight
/// voxels around a place, and of classes the one with the largest weight there; ties go to the lower class. Allocates nothing.</summary>
/// <remarks>Source: nnU-Net v2 (batchgeneratorsv2 <c>SpatialTransform</c>). What lies outside the case is 0.</remarks>
internal static class TransformedReader
{
    private const int Corners = 8;

    /// <summary>Fills a window.</summary>
    /// <param name="source">The case.</param>
    /// <param name="transform">From offsets of the patch to offsets of the case.</param>
    /// <param name="start">First voxel that the window would have without the transform.</param>
    /// <param name="window">Extent.</param>
    /// <param name="image">Receives [channels, depth, height, width].</param>
    /// <param name="classes">Receives [depth, height, width].</param>
    public static void Read(TrainingCase source, VoxelTransform transform, VoxelIndex start, GridSize window, Span<float> image, Span<byte> classes)
    {
        Span<int> places = stackalloc int[Corners];
        Span<float> weights = stackalloc float[Corners];
        double middleK = (window.Depth - 1) / 2.0, middleJ = (window.Height - 1) / 2.0, middleI = (window.Width - 1) / 2.0;
        int n = 0, voxels = checked((int)window.VoxelCount);
        for (int k = 0; k < window.Depth; k++)
            for (int j = 0; j < window.Height; j++)
                for (int i = 0; i < window.Width; i++, n++)
                {
                    (double dk, double dj, double di) = transform.Apply(k - middleK, j - middleJ, i - middleI);
                    Find(source.Grid, start.K + middleK + dk, start.J + middleJ + dj, start.I + middleI + di, places, weights);
                    for (int channel = 0; channel < source.Channels; channel++)
                    {
                        ReadOnlySpan<Half> values = source.Intensities(channel);
                        float sum = 0;
                        for (int c = 0; c < Corners; c++)
                            if (places[c] >= 0) sum += weights[c] * (float)values[places[c]];
                        image[channel * voxels + n] = sum;
                    }
                    classes[n] = Heaviest(source.Classes, places, weights);
                }
    }

    /// <summary>The eight voxels around a place, -1 where outside or without weight, and their weights.</summary>
    private static void Find(GridSize grid, double k, double j, double i, Span<int> places, Span<float> weights)
    {
        int k0 = (int)Math.Floor(k), j0 = (int)Math.Floor(j), i0 = (int)Math.Floor(i);
        float u = (float)(k - k0), v = (float)(j - j0), w = (float)(i - i0);
        for (int c = 0; c < Corners; c++)
        {
            int z = k0 + (c >> 2), y = j0 + (c >> 1 & 1), x = i0 + (c & 1);
            float weight = (c < 4 ? 1 - u : u) * ((c & 2) == 0 ? 1 - v : v) * ((c & 1) == 0 ? 1 - w : w);
            bool inside = z >= 0 && z < grid.Depth && y >= 0 && y < grid.Height && x >= 0 && x < grid.Width;
            weights[c] = weight;
            places[c] = inside && weight > 0 ? (int)grid.Offset(z, y, x) : -1;
        }
    }

    private static byte Heaviest(ReadOnlySpan<byte> classes, ReadOnlySpan<int> places, ReadOnlySpan<float> weights)
    {
        int best = 0;
        float largest = -1;
        for (int c = 0; c < Corners; c++)
        {
            if (weights[c] == 0) continue;
            int candidate = ClassAt(classes, places[c]);
            float sum = 0;
            for (int other = 0; other < Corners; other++)
                if (ClassAt(classes, places[other]) == candidate) sum += weights[other];
            if (sum > largest || (sum == largest && candidate < best)) (largest, best) = (sum, candidate);
        }
        return (byte)best;
    }

    private static int ClassAt(ReadOnlySpan<byte> classes, int place) => place < 0 ? 0 : classes[place];
}
