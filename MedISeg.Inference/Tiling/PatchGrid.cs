using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;

namespace MedISeg.Inference.Tiling;

/// <summary>Where patches lie on a grid. Every voxel is covered; starts rise along each axis.</summary>
public sealed class PatchGrid
{
    private readonly int[][] _starts;

    private PatchGrid(GridSize image, GridSize patch, int[][] starts)
    {
        Image = image;
        Patch = patch;
        _starts = starts;
    }

    /// <summary>Extent of the grid that is covered.</summary>
    public GridSize Image { get; }

    /// <summary>Extent of the scores of one patch.</summary>
    public GridSize Patch { get; }

    /// <summary>Number of patches.</summary>
    public long Count => (long)_starts[0].Length * _starts[1].Length * _starts[2].Length;

    /// <summary>First voxels of the patches along an axis: 0 = k, 1 = j, 2 = i. One negative start where the image is smaller than the patch.</summary>
    public IReadOnlyList<int> Starts(int axis) => _starts[axis];

    /// <summary>Part of the grid that the patches of a start cover along an axis, cut at the grid's ends.</summary>
    public (int From, int To) Covered(int axis, int index)
    {
        int start = _starts[axis][index];
        return (Math.Max(0, start), Math.Min(Image[axis], start + Patch[axis]));
    }

    /// <summary>Part of the grid that no later start touches, once the start of an index and all before it are done.</summary>
    public (int From, int To) Finished(int axis, int index)
    {
        int[] starts = _starts[axis];
        return (index == 0 ? 0 : starts[index], index == starts.Length - 1 ? Image[axis] : starts[index + 1]);
    }

    /// <summary>First voxel along an axis that no start before an index covers.</summary>
    public int TouchedBefore(int axis, int index) => index == 0 ? 0 : Covered(axis, index - 1).To;

    /// <summary>The starts, first and end (not included), whose patches cover a voxel's place along an axis.</summary>
    public (int First, int End) Touching(int axis, int place)
    {
        int[] starts = _starts[axis];
        int first = 0;
        while (starts[first] + Patch[axis] <= place) first++;
        int end = first;
        while (end < starts.Length && starts[end] <= place) end++;
        return (first, end);
    }

    /// <summary>Places patches.</summary>
    /// <param name="image">Grid to cover.</param>
    /// <param name="patch">Extent of a patch (of its scores, where they are smaller than the input).</param>
    /// <param name="overlap">Fraction shared with the neighbour, in [0, 1), three values (k, j, i).</param>
    /// <param name="placement">Even or pulled back.</param>
    /// <exception cref="ArgumentException">Not three overlaps, or one outside [0, 1).</exception>
    public static PatchGrid Create(GridSize image, GridSize patch, IReadOnlyList<double> overlap, PatchPlacement placement)
    {
        if (overlap.Count != 3) throw new ArgumentException("Three overlaps are needed.", nameof(overlap));
        int[][] starts = new int[3][];
        for (int axis = 0; axis < 3; axis++)
        {
            if (overlap[axis] is not (>= 0 and < 1)) throw new ArgumentException("An overlap lies outside [0, 1).", nameof(overlap));
            starts[axis] = image[axis] <= patch[axis]
                // The padding in front is the smaller half, as in MedISeg.
                ? [-((patch[axis] - image[axis]) / 2)]
                : placement == PatchPlacement.Even
                    ? Even(image[axis], patch[axis], overlap[axis])
                    : Pullback(image[axis], patch[axis], overlap[axis]);
        }
        return new PatchGrid(image, patch, starts);
    }

    /// <summary>nnU-Net: ceil((n - p) / step) + 1 starts, spread evenly and rounded half to even.</summary>
    private static int[] Even(int n, int p, double overlap)
    {
        double step = Math.Max(1, p * (1 - overlap));
        // 10 * (1 - 0.9) is a little below 1: without the allowance rounding noise would add a patch.
        int count = (int)Math.Ceiling((n - p) / step - 1e-9) + 1;
        double even = (double)(n - p) / (count - 1);
        int[] starts = new int[count];
        for (int m = 0; m < count; m++) starts[m] = (int)Math.Round(even * m);
        return starts;
    }

    /// <summary>MONAI and MedISeg: fixed whole step (rounded down), the last patch pulled back to the end.</summary>
    private static int[] Pullback(int n, int p, double overlap)
    {
        int step = Math.Max(1, (int)Math.Floor(p * (1 - overlap) + 1e-9));
        int count = (n - p + step - 1) / step + 1;
        int[] starts = new int[count];
        for (int m = 0; m < count; m++) starts[m] = Math.Min(m * step, n - p);
        return starts;
    }
}
