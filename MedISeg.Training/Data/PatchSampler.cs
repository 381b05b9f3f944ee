using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data;

/// <summary>Draws places of patches.</summary>
/// <param name="patch">Extent of a patch.</param>
/// <param name="foreground">Probability that a patch must hold foreground.</param>
/// <param name="classCount">Classes with background.</param>
internal sealed class PatchSampler(GridSize patch, double foreground, int classCount)
{
    /// <summary>Draws the first voxel of a patch; the patch reaches outside only where the case is smaller than it.</summary>
    /// <param name="source">The case.</param>
    /// <param name="random">Moved on.</param>
    /// <returns>Start, order (k, j, i); negative where the case is padded in front (the smaller half).</returns>
    public VoxelIndex Draw(TrainingCase source, ref SeededRandom random)
    {
        GridSize grid = source.Grid;
        bool wanted = random.NextDouble() < foreground;
        int chosen = DrawClass(source, ref random);
        if (!wanted || chosen == 0)
            return new VoxelIndex(
                Anywhere(grid.Depth, patch.Depth, ref random), Anywhere(grid.Height, patch.Height, ref random),
                Anywhere(grid.Width, patch.Width, ref random));
        ReadOnlySpan<int> places = source.PlacesOf(chosen);
        int place = places[random.NextInt(places.Length)];
        int plane = grid.Height * grid.Width;
        return new VoxelIndex(
            Around(place / plane, grid.Depth, patch.Depth, ref random),
            Around(place % plane / grid.Width, grid.Height, patch.Height, ref random),
            Around(place % grid.Width, grid.Width, patch.Width, ref random));
    }

    /// <summary>A foreground class that the case has, all alike; 0 when it has none.</summary>
    private int DrawClass(TrainingCase source, ref SeededRandom random)
    {
        int present = 0;
        for (int c = 1; c < classCount; c++)
            if (source.PlacesOf(c).Length > 0) present++;
        int drawn = random.NextInt(Math.Max(1, present));
        for (int c = 1; c < classCount; c++)
            if (source.PlacesOf(c).Length > 0 && drawn-- == 0) return c;
        return 0;
    }

    private static int Anywhere(int extent, int side, ref SeededRandom random) =>
        extent <= side ? -((side - extent) / 2) : random.NextInt(extent - side + 1);

    /// <summary>The voxel falls into the middle half of the patch, unless the image's edge is near.</summary>
    private static int Around(int voxel, int extent, int side, ref SeededRandom random)
    {
        int inside = side / 4 + random.NextInt(Math.Max(1, side / 2));
        return extent <= side ? -((side - extent) / 2) : Math.Clamp(voxel - inside, 0, extent - side);
    }
}
