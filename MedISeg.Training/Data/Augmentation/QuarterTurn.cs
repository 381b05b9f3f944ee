using MedISeg.Imaging.Volumes;

namespace MedISeg.Training.Data.Augmentation;

/// <summary>Quarter turns in the plane of height and width, then mirrors, done while a window is copied to a patch.</summary>
/// <param name="Turns">0 to 3; one turns height towards width, as <c>numpy.rot90(a, 1, (height, width))</c>.</param>
/// <param name="FlipK">Whether depth is mirrored after the turn.</param>
/// <param name="FlipJ">Whether height is mirrored after the turn.</param>
/// <param name="FlipI">Whether width is mirrored after the turn.</param>
internal readonly record struct QuarterTurn(int Turns, bool FlipK, bool FlipJ, bool FlipI)
{
    /// <summary>Whether nothing moves.</summary>
    public bool IsIdentity => Turns == 0 && !FlipK && !FlipJ && !FlipI;

    /// <summary>The window that becomes a patch: height and width swapped by an odd number of turns.</summary>
    public GridSize WindowOf(GridSize patch) => Turns % 2 == 0 ? patch : new GridSize(patch.Depth, patch.Width, patch.Height);

    /// <summary>Copies a window to its patch.</summary>
    /// <param name="window">[depth, height, width] of <see cref="WindowOf"/>.</param>
    /// <param name="patch">Extent of the patch.</param>
    /// <param name="result">Receives [depth, height, width].</param>
    /// <exception cref="ArgumentException">A length is not the number of voxels.</exception>
    public void Apply<T>(ReadOnlySpan<T> window, GridSize patch, Span<T> result)
    {
        if (window.Length != patch.VoxelCount || result.Length != patch.VoxelCount) throw new ArgumentException("One value a voxel is needed.");
        int first = Place(patch, 0, 0, 0), stepK = Place(patch, 1, 0, 0) - first, stepJ = Place(patch, 0, 1, 0) - first, stepI = Place(patch, 0, 0, 1) - first;
        int n = 0;
        for (int k = 0; k < patch.Depth; k++)
            for (int j = 0; j < patch.Height; j++)
            {
                int from = first + k * stepK + j * stepJ;
                for (int i = 0; i < patch.Width; i++, from += stepI) result[n++] = window[from];
            }
    }

    /// <summary>Where a patch voxel lies in the window: linear in each index.</summary>
    private int Place(GridSize patch, int k, int j, int i)
    {
        GridSize window = WindowOf(patch);
        if (FlipK) k = patch.Depth - 1 - k;
        if (FlipJ) j = patch.Height - 1 - j;
        if (FlipI) i = patch.Width - 1 - i;
        (int y, int x) = Turns switch
        {
            0 => (j, i),
            1 => (i, window.Width - 1 - j),
            2 => (window.Height - 1 - j, window.Width - 1 - i),
            _ => (window.Height - 1 - i, j),
        };
        return (k * window.Height + y) * window.Width + x;
    }
}
