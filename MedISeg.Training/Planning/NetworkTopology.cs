namespace MedISeg.Training.Planning;

/// <summary>Where a U-Net halves its grid and how wide its kernels are, so that spacings become alike from level to level.</summary>
/// <param name="Patch">Voxels an axis, slowest first; multiples of <see cref="Divisors"/>.</param>
/// <param name="Strides">Step into each level, 1 or 2 an axis; all 1 for the first.</param>
/// <param name="Kernels">Kernel sides of each level, 1 or 3 an axis.</param>
/// <remarks>Source: nnU-Net v2, the rules of its planner.</remarks>
internal sealed record NetworkTopology(
    IReadOnlyList<int> Patch, IReadOnlyList<IReadOnlyList<int>> Strides, IReadOnlyList<IReadOnlyList<int>> Kernels)
{
    private const int SmallestEdge = 4, MostLevels = 10;
    private const double Alike = 2;

    /// <summary>Sides of a patch must be multiples of it, one number an axis.</summary>
    public IReadOnlyList<int> Divisors => [.. Patch.Select((_, axis) => Strides.Aggregate(1, (product, step) => product * step[axis]))];

    /// <summary>The topology for a patch, which is padded to multiples of the steps.</summary>
    /// <param name="spacing">mm an axis, slowest first.</param>
    /// <param name="patch">Voxels an axis; medians may be halves.</param>
    /// <returns>One level where the patch is too small to be halved.</returns>
    public static NetworkTopology For(IReadOnlyList<double> spacing, IReadOnlyList<double> patch)
    {
        double[] mm = [.. spacing], sides = [.. patch];
        int[] divisors = [.. spacing.Select(_ => 1)], kernel = [.. divisors];
        List<int[]> strides = [[.. divisors]], kernels = [];
        while (strides.Count < MostLevels && Halved(mm, sides) is { Length: > 0 } halved)
        {
            // An axis gets its width once it is about as fine as the finest one, and keeps it.
            double finest = mm.Min();
            for (int axis = 0; axis < mm.Length; axis++)
                if (mm[axis] / finest < Alike) kernel[axis] = 3;
            kernels.Add([.. kernel]);
            strides.Add([.. mm.Select((_, axis) => halved.Contains(axis) ? 2 : 1)]);
            foreach (int axis in halved)
            {
                mm[axis] *= 2;
                sides[axis] = Math.Ceiling(sides[axis] / 2);
                divisors[axis] *= 2;
            }
        }
        kernels.Add([.. mm.Select(_ => 3)]);
        return new NetworkTopology([.. patch.Select((side, axis) => (int)Math.Ceiling(side / divisors[axis]) * divisors[axis])], strides, kernels);
    }

    /// <summary>Axes that the next level halves: long enough, and within a factor of two of the finest of these.</summary>
    private static int[] Halved(double[] mm, double[] sides)
    {
        int[] able = [.. Enumerable.Range(0, mm.Length).Where(axis => sides[axis] >= 2 * SmallestEdge)];
        if (able.Length == 0) return [];
        double finest = able.Min(axis => mm[axis]);
        int[] halved = [.. able.Where(axis => mm[axis] / finest < Alike)];
        return halved.Length == 1 && sides[halved[0]] < 3 * SmallestEdge ? [] : halved;
    }
}
