using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Benchmarks.Morphology;

/// <summary>Masks to be cleaned: organs with cavities and islands, the same with 2 % of the voxels turned round, and even noise.</summary>
/// <remarks>morphology_peers.py makes the same ones: integers and plain double operations in the same order, no library functions.</remarks>
internal static class MorphologyMasks
{
    /// <summary>Their names.</summary>
    public static readonly string[] Names = ["organ", "noisy", "random50"];

    /// <summary>The first organ: centre and radius in thousandths of the sides, as of the others.</summary>
    private static readonly int[] First = [500, 508, 352, 333, 176, 215];

    private const uint NoiseSeed = 77, EvenSeed = 5, Half = 1u << 31, Fiftieth = 85899346;

    /// <summary>The size of the targets.</summary>
    public static GridSize Full { get; } = new(300, 512, 512);

    /// <summary>A size to try with; no side is a multiple of 64.</summary>
    public static GridSize Quick { get; } = new(61, 203, 211);

    /// <summary>Makes a mask.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="grid">Extent.</param>
    public static byte[] Create(string name, GridSize grid)
    {
        byte[] mask = name == "random50" ? new byte[grid.VoxelCount] : Organs(grid);
        for (int n = 0; n < mask.Length; n++)
        {
            if (name == "noisy" && Hash((uint)n, NoiseSeed) < Fiftieth) mask[n] ^= 1;
            if (name == "random50" && Hash((uint)n, EvenSeed) < Half) mask[n] = 1;
        }
        return mask;
    }

    /// <summary>A map of a mask, 1 mm apart.</summary>
    public static LabelMap Map(byte[] mask, GridSize grid) => new(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), mask);

    private static byte[] Organs(GridSize grid)
    {
        byte[] mask = new byte[grid.VoxelCount];
        foreach (int[] e in (int[][])[First, [467, 586, 703, 300, 156, 117], [400, 742, 332, 200, 78, 68], [400, 762, 664, 200, 78, 68], [667, 391, 500, 133, 98, 137], [500, 820, 500, 480, 49, 49]])
            Paint(mask, grid, [.. e.Take(3).Select((x, a) => x * grid[a] / 1000)], [.. e.Skip(3).Select((x, a) => x * grid[a] / 1000)], 1);
        for (uint n = 0; n < 260; n++)
        {
            // Sixty cavities in the first organ, then islands anywhere.
            bool cavity = n < 60;
            int[] centre = [.. Enumerable.Range(0, 3).Select(a => cavity
                ? First[a] * grid[a] / 1000 + (int)(Hash(n, (uint)a) % (uint)(grid[a] / 4)) - grid[a] / 8
                : (int)(Hash(n, (uint)a) % (uint)grid[a]))];
            int radius = cavity ? 2 + (int)(Hash(n, 9) % 8) : 2 + (int)(Hash(n, 9) % 6);
            Paint(mask, grid, centre, [radius, radius, radius], cavity ? (byte)0 : (byte)1);
        }
        return mask;
    }

    private static void Paint(byte[] mask, GridSize grid, int[] centre, int[] radius, byte label)
    {
        for (int k = Math.Max(0, centre[0] - radius[0]); k <= Math.Min(grid.Depth - 1, centre[0] + radius[0]); k++)
            for (int j = Math.Max(0, centre[1] - radius[1]); j <= Math.Min(grid.Height - 1, centre[1] + radius[1]); j++)
                for (int i = Math.Max(0, centre[2] - radius[2]); i <= Math.Min(grid.Width - 1, centre[2] + radius[2]); i++)
                    if (Squared(k, 0) + Squared(j, 1) + Squared(i, 2) + 0.01 * ((i + j + k) % 16) < 1) mask[grid.Offset(k, j, i)] = label;

        double Squared(int at, int axis) => (double)((at - centre[axis]) * (at - centre[axis])) / (radius[axis] * radius[axis]);
    }

    private static uint Hash(uint n, uint seed)
    {
        uint x = unchecked(n * 2654435761u + seed * 40503u + 12345u);
        x = unchecked((x ^ x >> 16) * 0x7feb352du);
        x = unchecked((x ^ x >> 15) * 0x846ca68bu);
        return x ^ x >> 16;
    }
}
