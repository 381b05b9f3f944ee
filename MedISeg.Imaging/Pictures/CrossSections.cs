using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Pictures;

/// <summary>How many voxels each label has in each plane of a grid, along all three stored axes.</summary>
internal sealed class CrossSections
{
    private readonly SortedDictionary<int, long[][]> _counts = [];
    private readonly GridSize _grid;

    /// <summary>Counts.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="counted">Labels that count; others are passed over.</param>
    public CrossSections(LabelMap labels, IReadOnlySet<int> counted)
    {
        _grid = labels.Geometry.Grid;
        int n = 0;
        for (int k = 0; k < _grid.Depth; k++)
            for (int j = 0; j < _grid.Height; j++)
                for (int i = 0; i < _grid.Width; i++, n++)
                {
                    int label = labels.IsWide ? labels.Words[n] : labels.Bytes[n];
                    if (!counted.Contains(label)) continue;
                    if (!_counts.TryGetValue(label, out long[][]? counts))
                        _counts[label] = counts = [new long[_grid.Depth], new long[_grid.Height], new long[_grid.Width]];
                    counts[0][k]++;
                    counts[1][j]++;
                    counts[2][i]++;
                }
    }

    /// <summary>Whether there is any label at all.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>Voxels of a label.</summary>
    public long Voxels(int label) => _counts.TryGetValue(label, out long[][]? counts) ? counts[0].Sum() : 0;

    /// <summary>The plane along a stored axis that shows the labels best: each label counts as a part of its own largest cross-section,
    /// so that a small tumour weighs as much as a large organ. The middle where there is no label; the first of equals.</summary>
    public int Best(int axis)
    {
        double[] score = new double[_grid[axis]];
        foreach (long[][] counts in _counts.Values)
        {
            long largest = counts[axis].Max();
            for (int n = 0; n < score.Length; n++) score[n] += (double)counts[axis][n] / largest;
        }
        return IsEmpty ? score.Length / 2 : Array.IndexOf(score, score.Max());
    }
}
