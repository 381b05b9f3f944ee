using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>Cuts patches out of cases, mirrors them and changes their intensities. Allocates nothing.</summary>
/// <param name="patch">Extent of a patch.</param>
/// <param name="options">Which changes, and how much.</param>
internal sealed class PatchCutter(GridSize patch, AugmentationOptions options)
{
    private readonly bool _flipK = options.Flips.Contains("k"), _flipJ = options.Flips.Contains("j"), _flipI = options.Flips.Contains("i");

    /// <summary>Fills one sample.</summary>
    /// <param name="source">The case.</param>
    /// <param name="start">First voxel; the patch may reach outside, where intensities and classes are 0.</param>
    /// <param name="random">Moved on.</param>
    /// <param name="image">Receives [channels, depth, height, width].</param>
    /// <param name="classes">Receives [depth, height, width].</param>
    public void Cut(TrainingCase source, VoxelIndex start, ref SeededRandom random, Span<float> image, Span<byte> classes)
    {
        int voxels = checked((int)patch.VoxelCount);
        bool k = _flipK && random.NextDouble() < 0.5, j = _flipJ && random.NextDouble() < 0.5, i = _flipI && random.NextDouble() < 0.5;
        image.Clear();
        classes.Clear();
        for (int channel = 0; channel < source.Channels; channel++)
        {
            ReadOnlySpan<Half> values = source.Intensities(channel);
            Span<float> target = image.Slice(channel * voxels, voxels);
            for (int row = 0; row < patch.Depth * patch.Height; row++)
            {
                if (!Row(source.Grid, start, row, k, j, out int from, out int to, out int count)) continue;
                TensorPrimitives.ConvertToSingle(values.Slice(from, count), target.Slice(to, count));
                if (i) target.Slice(row * patch.Width, patch.Width).Reverse();
            }
            ChangeIntensities(target, ref random);
        }
        for (int row = 0; row < patch.Depth * patch.Height; row++)
        {
            if (!Row(source.Grid, start, row, k, j, out int from, out int to, out int count)) continue;
            source.Classes.Slice(from, count).CopyTo(classes.Slice(to, count));
            if (i) classes.Slice(row * patch.Width, patch.Width).Reverse();
        }
    }

    /// <summary>The part of a patch row inside the case, before the row itself is turned round.</summary>
    private bool Row(GridSize grid, VoxelIndex start, int row, bool flipK, bool flipJ, out int from, out int to, out int count)
    {
        int pk = row / patch.Height, pj = row % patch.Height;
        int k = start.K + (flipK ? patch.Depth - 1 - pk : pk), j = start.J + (flipJ ? patch.Height - 1 - pj : pj);
        int first = Math.Max(0, start.I), last = Math.Min(grid.Width, start.I + patch.Width);
        count = last - first;
        from = to = 0;
        if (k < 0 || k >= grid.Depth || j < 0 || j >= grid.Height || count <= 0) return false;
        from = checked((int)grid.Offset(k, j, first));
        to = row * patch.Width + first - start.I;
        return true;
    }

    private void ChangeIntensities(Span<float> values, ref SeededRandom random)
    {
        if (options.Intensity == 0 || random.NextDouble() >= options.Intensity) return;
        float factor = (float)random.NextDouble(1 - options.Contrast, 1 + options.Contrast);
        float summand = (float)random.NextDouble(-options.Brightness, options.Brightness);
        float deviation = (float)random.NextDouble(0, options.Noise);
        for (int n = 0; n < values.Length; n++) values[n] = values[n] * factor + summand + deviation * (float)random.NextGaussian();
    }
}
