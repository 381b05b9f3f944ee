using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data;

namespace MedISeg.Training.Pretraining;

/// <summary>What Models Genesis does to a patch before the network restores it.</summary>
/// <remarks>Source: the published PyTorch code's numbers. Its patches are 64 x 64 x 32; an axis that is too short for a rule keeps at least one
/// voxel, so that planes and small patches work too.</remarks>
internal static class Disturbances
{
    // 10,000 blocks in 64 x 64 x 32 voxels.
    private const double BlocksAVoxel = 10_000.0 / (64 * 64 * 32);
    private const int Margin = 3, MostHoles = 5, MostWindows = 5;
    private const double OneMore = 0.95;

    /// <summary>Shuffles voxels within many small boxes of a channel, each taken from the undisturbed patch.</summary>
    /// <param name="source">The undisturbed patch, [depth, height, width].</param>
    /// <param name="target">Receives the result.</param>
    /// <param name="patch">Extent.</param>
    /// <param name="random">Moved on.</param>
    public static void Shuffle(ReadOnlySpan<float> source, Span<float> target, GridSize patch, ref SeededRandom random)
    {
        source.CopyTo(target);
        int blocks = Math.Max(1, (int)Math.Round(patch.VoxelCount * BlocksAVoxel));
        for (int n = 0; n < blocks; n++)
        {
            GridSize size = new(Side(patch.Depth, ref random), Side(patch.Height, ref random), Side(patch.Width, ref random));
            VoxelIndex start = new(
                random.NextInt(patch.Depth - size.Depth + 1), random.NextInt(patch.Height - size.Height + 1), random.NextInt(patch.Width - size.Width + 1));
            Shuffle(source, target, patch, new VoxelBox(start, size), ref random);
        }

        static int Side(int extent, ref SeededRandom random) => 1 + random.NextInt(Math.Max(1, extent / 10));
    }

    /// <summary>Shuffles the voxels of one box.</summary>
    public static void Shuffle(ReadOnlySpan<float> source, Span<float> target, GridSize patch, VoxelBox box, ref SeededRandom random)
    {
        int Place(int n)
        {
            (int plane, int rest) = Math.DivRem(n, box.Size.Height * box.Size.Width);
            return box.Row(patch, plane, rest / box.Size.Width) + rest % box.Size.Width;
        }
        int count = (int)box.Size.VoxelCount;
        for (int n = 0; n < count; n++) target[Place(n)] = source[Place(n)];
        for (int n = count - 1; n > 0; n--)
        {
            int here = Place(n), there = Place(random.NextInt(n + 1));
            (target[here], target[there]) = (target[there], target[here]);
        }
    }

    /// <summary>Draws the boxes that become noise: none to five, a sixth to a third of each side.</summary>
    public static List<VoxelBox> DrawHoles(GridSize patch, ref SeededRandom random)
    {
        List<VoxelBox> boxes = [];
        while (boxes.Count < MostHoles && random.NextDouble() < OneMore) boxes.Add(DrawBox(patch, extent => (extent / 6, extent / 3), ref random));
        return boxes;
    }

    /// <summary>Draws the boxes that stay where everything else becomes noise: one to five, about four sevenths of each side.</summary>
    public static List<VoxelBox> DrawWindows(GridSize patch, ref SeededRandom random)
    {
        List<VoxelBox> boxes = [];
        do boxes.Add(DrawBox(patch, extent => (extent - 4 * extent / 7, extent - 3 * extent / 7), ref random));
        while (boxes.Count < MostWindows && random.NextDouble() < OneMore);
        return boxes;
    }

    /// <summary>Fills boxes with noise, uniform in [0, 1), the same in all channels.</summary>
    /// <param name="image">[channels, depth, height, width].</param>
    /// <param name="patch">Extent of a channel.</param>
    /// <param name="holes">The boxes.</param>
    /// <param name="random">Moved on.</param>
    public static void InPaint(Span<float> image, GridSize patch, IReadOnlyList<VoxelBox> holes, ref SeededRandom random)
    {
        int voxels = (int)patch.VoxelCount;
        foreach (VoxelBox box in holes)
            for (int k = 0; k < box.Size.Depth; k++)
                for (int j = 0; j < box.Size.Height; j++)
                    for (int i = 0; i < box.Size.Width; i++)
                    {
                        float noise = (float)random.NextDouble();
                        for (int n = box.Row(patch, k, j) + i; n < image.Length; n += voxels) image[n] = noise;
                    }
    }

    /// <summary>Noise, uniform in [0, 1), each channel for itself, with boxes of the image in it.</summary>
    /// <param name="image">[channels, depth, height, width].</param>
    /// <param name="patch">Extent of a channel.</param>
    /// <param name="windows">The boxes.</param>
    /// <param name="target">Receives the result, as long as the image.</param>
    /// <param name="random">Moved on.</param>
    public static void OutPaint(ReadOnlySpan<float> image, GridSize patch, IReadOnlyList<VoxelBox> windows, Span<float> target, ref SeededRandom random)
    {
        foreach (ref float value in target) value = (float)random.NextDouble();
        for (int channel = 0; channel < image.Length; channel += (int)patch.VoxelCount)
            foreach (VoxelBox box in windows)
                for (int k = 0; k < box.Size.Depth; k++)
                    for (int j = 0; j < box.Size.Height; j++)
                    {
                        int row = channel + box.Row(patch, k, j);
                        image.Slice(row, box.Size.Width).CopyTo(target[row..]);
                    }
    }

    private static VoxelBox DrawBox(GridSize patch, Func<int, (int Smallest, int Largest)> sides, ref SeededRandom random)
    {
        (int depth, int height, int width) = (Side(patch.Depth, ref random), Side(patch.Height, ref random), Side(patch.Width, ref random));
        return new VoxelBox(
            new VoxelIndex(Start(patch.Depth, depth, ref random), Start(patch.Height, height, ref random), Start(patch.Width, width, ref random)),
            new GridSize(depth, height, width));

        int Side(int extent, ref SeededRandom random)
        {
            (int smallest, int largest) = sides(extent);
            smallest = Math.Max(1, smallest);
            return smallest + random.NextInt(Math.Max(1, largest - smallest + 1));
        }

        static int Start(int extent, int side, ref SeededRandom random)
        {
            int margin = Math.Min(Margin, (extent - side) / 2);
            return margin + random.NextInt(extent - side - 2 * margin + 1);
        }
    }
}
