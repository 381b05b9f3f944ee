using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>Folds a volume with a separable window, axis by axis: squared distances (the lower envelope of parabolas) or a Gaussian sum.</summary>
/// <remarks>
/// Only as many slices are held as the window is deep. Voxels beyond the grid take no part. The order of operations is that of the grid,
/// so results are the same for any number of threads.
/// </remarks>
internal sealed class WindowFold
{
    /// <summary>Most voxels that a window may reach along an axis: it bounds time and memory.</summary>
    public const int MostReach = 64;

    private readonly GridSize _grid;
    private readonly float[] _alongK, _alongJ, _alongI;
    private readonly bool _isSum;

    private WindowFold(GridSize grid, Func<int, float[]> weights, bool isSum)
    {
        _grid = grid;
        (_alongK, _alongJ, _alongI) = (weights(0), weights(1), weights(2));
        _isSum = isSum;
    }

    /// <summary>Writes the values of row k * height + j, one a voxel.</summary>
    /// <returns>Whether one of them is not <see cref="Neutral"/>; the row need not be written otherwise.</returns>
    public delegate bool RowSource(int row, Span<float> values);

    /// <summary>Receives row k * height + j of the result.</summary>
    public delegate void RowSink(int row, ReadOnlySpan<float> values);

    /// <summary>Value of voxels that have no say: infinitely far, or 0.</summary>
    public float Neutral => _isSum ? 0 : float.PositiveInfinity;

    /// <summary>Squared distances in mm2 to voxels of value 0; those farther than a radius along one axis count as infinitely far.</summary>
    public static WindowFold Distance(GridSize grid, SpacingMm spacing, double radiusMm) => new(grid, axis => [.. Enumerable
        .Range(0, 1 + Reach(grid, spacing, radiusMm, axis)).Select(n => (float)(n * spacing[axis] * (n * spacing[axis])))], isSum: false);

    /// <summary>Sums with Gaussian weights, cut off at three standard deviations; their sum is not 1.</summary>
    public static WindowFold Gaussian(GridSize grid, SpacingMm spacing, double sigmaMm) => new(grid, axis => [.. Enumerable
        .Range(0, 1 + Reach(grid, spacing, 3 * sigmaMm, axis)).Select(n => (float)Math.Exp(-0.5 * Math.Pow(n * spacing[axis] / sigmaMm, 2)))], isSum: true);

    /// <summary>Voxels that a length reaches along an axis of a grid; the length has a relative tolerance of 1e-6.</summary>
    public static int Reach(GridSize grid, SpacingMm spacing, double lengthMm, int axis) =>
        (int)Math.Min(grid[axis] - 1, Math.Floor(lengthMm * (1 + 1e-6) / spacing[axis]));

    /// <summary>Bytes that one <see cref="Run"/> holds.</summary>
    /// <param name="grid">Extent of the volume.</param>
    /// <param name="reach">Voxels that the window reaches along k.</param>
    public static long Bytes(GridSize grid, int reach) => (Math.Min(grid.Depth, 2L * reach + 1) + 1) * grid.Height * grid.Width * sizeof(float);

    /// <summary>Folds slices [from, to) along k, in order.</summary>
    public void Run(int from, int to, RowSource source, RowSink sink)
    {
        int reach = _alongK.Length - 1, first = Math.Max(0, from - reach), last = Math.Min(_grid.Depth, to + reach);
        Slice[] ring = [.. Enumerable.Range(0, Math.Min(last - first, 2 * reach + 1)).Select(_ => new Slice(_grid))];
        Slice rows = new(_grid);
        float[] padded = new float[_grid.Width + 2 * (_alongI.Length - 1)], result = new float[_grid.Width];
        Array.Fill(padded, Neutral);
        int folded = first;
        for (int k = from; k < to; k++)
        {
            for (; folded < Math.Min(last, k + reach + 1); folded++) FoldSlice(folded, source, rows, padded, ring[folded % ring.Length]);
            for (int j = 0; j < _grid.Height; j++)
            {
                Array.Fill(result, Neutral);
                for (int other = Math.Max(0, k - reach); other <= Math.Min(_grid.Depth - 1, k + reach); other++)
                {
                    Slice slice = ring[other % ring.Length];
                    if (slice.IsFilled[j]) Fold(slice[j], _alongK[Math.Abs(other - k)], result);
                }
                sink(k * _grid.Height + j, result);
            }
        }
    }

    private void FoldSlice(int k, RowSource source, Slice rows, float[] padded, Slice result)
    {
        int width = _grid.Width, margin = _alongI.Length - 1, reach = _alongJ.Length - 1;
        for (int j = 0; j < _grid.Height; j++)
        {
            rows.IsFilled[j] = source(k * _grid.Height + j, padded.AsSpan(margin, width));
            if (!rows.IsFilled[j]) continue;
            rows[j].Fill(Neutral);
            for (int n = -margin; n <= margin; n++) Fold(padded.AsSpan(margin + n, width), _alongI[Math.Abs(n)], rows[j]);
        }
        for (int j = 0; j < _grid.Height; j++)
        {
            result.IsFilled[j] = false;
            for (int other = Math.Max(0, j - reach); other <= Math.Min(_grid.Height - 1, j + reach); other++)
            {
                if (!rows.IsFilled[other]) continue;
                if (!result.IsFilled[j]) result[j].Fill(Neutral);
                result.IsFilled[j] = true;
                Fold(rows[other], _alongJ[Math.Abs(other - j)], result[j]);
            }
        }
    }

    private void Fold(ReadOnlySpan<float> row, float weight, Span<float> result)
    {
        if (_isSum) FoldKernels.AddScaled(row, weight, result);
        else FoldKernels.MinPlus(row, weight, result);
    }

    private sealed class Slice(GridSize grid)
    {
        private readonly float[] _values = GC.AllocateUninitializedArray<float>(checked(grid.Height * grid.Width));

        /// <summary>Rows that hold a value which is not neutral; the others are not written.</summary>
        public bool[] IsFilled { get; } = new bool[grid.Height];

        public Span<float> this[int j] => _values.AsSpan(j * grid.Width, grid.Width);
    }
}
