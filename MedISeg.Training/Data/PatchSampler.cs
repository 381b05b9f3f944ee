using MedISeg.Imaging.Volumes;
using MedISeg.Training.Data.Augmentation;

namespace MedISeg.Training.Data;

/// <summary>Draws places of patches.</summary>
/// <param name="patch">Extent of a patch.</param>
/// <param name="options">Rule and probabilities.</param>
/// <param name="classCount">Classes with background.</param>
internal sealed class PatchSampler(GridSize patch, SamplingOptions options, int classCount)
{
    /// <summary>Draws the first voxel of a patch of a case as it is.</summary>
    /// <inheritdoc cref="Draw(TrainingCase, GridSize, GridSize, PlaneTransform?, ref SeededRandom)"/>
    public VoxelIndex Draw(TrainingCase source, ref SeededRandom random) => Draw(source, source.Grid, patch, null, ref random);

    /// <summary>Draws the first voxel of a window of a case that is resampled or transformed.</summary>
    /// <param name="source">The case.</param>
    /// <param name="grid">Extent of the case after the change.</param>
    /// <param name="window">Extent of the window.</param>
    /// <param name="transform">Transform of a one-plane case; null: it is at most scaled.</param>
    /// <param name="random">Moved on.</param>
    /// <returns>Start on <paramref name="grid"/>, order (k, j, i); negative where the case is padded in front.</returns>
    public VoxelIndex Draw(TrainingCase source, GridSize grid, GridSize window, PlaneTransform? transform, ref SeededRandom random)
    {
        if (options.Placement == PlacementRule.Foreground)
        {
            bool wanted = random.NextDouble() < options.Foreground;
            int chosen = DrawClass(source, ref random);
            if (!wanted || chosen == 0) return Anywhere(grid, window, ref random);
            ReadOnlySpan<int> places = source.PlacesOf(chosen);
            VoxelIndex voxel = Moved(source.Grid, places[random.NextInt(places.Length)], grid, transform);
            return new VoxelIndex(
                Around(voxel.K, grid.Depth, window.Depth, ref random), Around(voxel.J, grid.Height, window.Height, ref random),
                Around(voxel.I, grid.Width, window.Width, ref random));
        }
        if (options.Placement == PlacementRule.OverSam && random.NextDouble() < options.OverSam && AnyForeground(source, ref random) is { } place)
        {
            VoxelIndex voxel = Moved(source.Grid, place, grid, transform);
            // A one-plane patch has no middle to go behind.
            int k = window.Depth == 1 ? voxel.K : PaperCrop.StartAt(voxel.K, window.Depth);
            return new VoxelIndex(k, PaperCrop.StartAt(voxel.J, window.Height), PaperCrop.StartAt(voxel.I, window.Width));
        }
        return options.Compat ? AsPublished(grid, window, ref random) : Anywhere(grid, window, ref random);
    }

    /// <summary>A voxel of any foreground class, all voxels alike; null when there is none.</summary>
    private int? AnyForeground(TrainingCase source, ref SeededRandom random)
    {
        int count = 0;
        for (int c = 1; c < classCount; c++) count += source.PlacesOf(c).Length;
        if (count == 0) return null;
        int drawn = random.NextInt(count);
        for (int c = 1; ; c++)
        {
            ReadOnlySpan<int> places = source.PlacesOf(c);
            if (drawn < places.Length) return places[drawn];
            drawn -= places.Length;
        }
    }

    /// <summary>Where a voxel of the case lies after the change.</summary>
    private static VoxelIndex Moved(GridSize from, int place, GridSize to, PlaneTransform? transform)
    {
        int plane = from.Height * from.Width;
        int k = place / plane, j = place % plane / from.Width, i = place % from.Width;
        if (transform is not { } moved) return new VoxelIndex(Scaled(k, from.Depth, to.Depth), Scaled(j, from.Height, to.Height), Scaled(i, from.Width, to.Width));
        (double x, double y) = moved.Forward(i, j);
        return new VoxelIndex(k, (int)Math.Clamp(Math.Round(y), 0, to.Height - 1), (int)Math.Clamp(Math.Round(x), 0, to.Width - 1));
    }

    private static int Scaled(int index, int from, int to) => from == to ? index : (int)((index + 0.5) * to / from);

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

    private static VoxelIndex AsPublished(GridSize grid, GridSize window, ref SeededRandom random)
    {
        bool pads = PaperCrop.Pads(grid, window);
        // The published code has no 2-D crop; one plane is one plane.
        int k = window.Depth == 1 && grid.Depth == 1 ? 0 : Published(grid.Depth, window.Depth, pads, ref random);
        return new VoxelIndex(k, Published(grid.Height, window.Height, pads, ref random), Published(grid.Width, window.Width, pads, ref random));
    }

    private static int Published(int extent, int side, bool pads, ref SeededRandom random)
    {
        (int first, int count) = PaperCrop.PublishedStarts(extent, side, pads);
        return first + random.NextInt(count);
    }

    private static VoxelIndex Anywhere(GridSize grid, GridSize window, ref SeededRandom random) => new(
        Anywhere(grid.Depth, window.Depth, ref random), Anywhere(grid.Height, window.Height, ref random),
        Anywhere(grid.Width, window.Width, ref random));

    private static int Anywhere(int extent, int side, ref SeededRandom random) =>
        extent <= side ? -((side - extent) / 2) : random.NextInt(extent - side + 1);

    /// <summary>The voxel falls into the middle half of the patch, unless the image's edge is near.</summary>
    private static int Around(int voxel, int extent, int side, ref SeededRandom random)
    {
        int inside = side / 4 + random.NextInt(Math.Max(1, side / 2));
        return extent <= side ? -((side - extent) / 2) : Math.Clamp(voxel - inside, 0, extent - side);
    }
}
