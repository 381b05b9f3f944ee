using System.Numerics.Tensors;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>Copies a window of a case as it is.</summary>
internal static class WindowReader
{
    /// <summary>Fills a window; where it reaches outside the case, intensities and classes are 0.</summary>
    /// <param name="source">The case.</param>
    /// <param name="start">First voxel.</param>
    /// <param name="window">Extent.</param>
    /// <param name="image">Receives [channels, depth, height, width].</param>
    /// <param name="classes">Receives [depth, height, width].</param>
    public static void Read(TrainingCase source, VoxelIndex start, GridSize window, Span<float> image, Span<byte> classes)
    {
        image.Clear();
        classes.Clear();
        GridSize grid = source.Grid;
        int voxels = checked((int)window.VoxelCount), first = Math.Max(0, start.I), count = Math.Min(grid.Width, start.I + window.Width) - first;
        if (count <= 0) return;
        for (int k = Math.Max(0, start.K); k < Math.Min(grid.Depth, start.K + window.Depth); k++)
            for (int j = Math.Max(0, start.J); j < Math.Min(grid.Height, start.J + window.Height); j++)
            {
                int from = (int)grid.Offset(k, j, first), to = (int)window.Offset(k - start.K, j - start.J, first - start.I);
                source.Classes.Slice(from, count).CopyTo(classes[to..]);
                for (int channel = 0; channel < source.Channels; channel++)
                    TensorPrimitives.ConvertToSingle(source.Intensities(channel).Slice(from, count), image.Slice(channel * voxels + to, count));
            }
    }
}
