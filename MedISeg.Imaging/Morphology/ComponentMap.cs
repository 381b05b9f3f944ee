using System.Numerics;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>The connected components of a label map, held as runs along the rows.</summary>
public sealed class ComponentMap
{
    private readonly GridSize _grid;
    private readonly RunTable _runs;

    private ComponentMap(GridSize grid, RunTable runs, IReadOnlyList<Component> components)
    {
        _grid = grid;
        _runs = runs;
        Components = components;
    }

    /// <summary>The components, by number: component n is element n - 1.</summary>
    public IReadOnlyList<Component> Components { get; }

    /// <summary>Gives a label to all voxels of chosen components.</summary>
    /// <param name="map">The map that was labelled, or another of the same extent.</param>
    /// <param name="chosen">Which components.</param>
    /// <param name="label">New label.</param>
    /// <returns>Voxels whose label changed.</returns>
    /// <exception cref="ArgumentException">The extent differs, or the map cannot hold the label.</exception>
    public long Repaint(LabelMap map, Func<Component, bool> chosen, int label)
    {
        if (map.Geometry.Grid != _grid) throw new ArgumentException("The extent of the map differs.", nameof(map));
        if (label < 0 || label > (map.IsWide ? ushort.MaxValue : byte.MaxValue))
            throw new ArgumentException("The map cannot hold the label.", nameof(label));
        bool[] isChosen = [.. Components.Select(chosen)];
        return map.IsWide ? Repaint(map.Words, isChosen, (ushort)label) : Repaint(map.Bytes, isChosen, (byte)label);
    }

    /// <summary>The component number of every voxel, row-major (k, j, i); 0 where there is none.</summary>
    public int[] ToNumbers()
    {
        int[] numbers = new int[_grid.VoxelCount];
        ForRuns((component, offset, length) => numbers.AsSpan(offset, length).Fill(component + 1));
        return numbers;
    }

    internal static ComponentMap Build<T>(ReadOnlySpan<T> voxels, GridSize grid, ReadOnlySpan<ushort> keys, RowAdjacency adjacency)
        where T : unmanaged, IBinaryInteger<T>
    {
        RunTable runs = RunTable.Build(voxels, grid, keys, adjacency);
        List<Growing> growing = [];
        for (int k = 0; k < grid.Depth; k++)
            for (int j = 0; j < grid.Height; j++)
                for (int run = runs.RowStart(k, j), last = runs.RowEnd(k, j); run < last; run++)
                {
                    int start = runs.Start(run);
                    if (runs.ComponentOf(run) == growing.Count)
                        growing.Add(new Growing(int.CreateTruncating(voxels[(int)grid.Offset(k, j, start)]), new VoxelIndex(k, j, start)));
                    growing[runs.ComponentOf(run)].Add(k, j, start, runs.End(run));
                }
        return new ComponentMap(grid, runs, [.. growing.Select((component, n) => component.Finish(n + 1))]);
    }

    /// <summary>Visits all runs in raster order: component from 0, offset of the first voxel, number of voxels.</summary>
    internal void ForRuns(Action<int, int, int> visit)
    {
        for (int k = 0; k < _grid.Depth; k++)
            for (int j = 0; j < _grid.Height; j++)
                for (int run = _runs.RowStart(k, j), last = _runs.RowEnd(k, j); run < last; run++)
                    visit(_runs.ComponentOf(run), (int)_grid.Offset(k, j, _runs.Start(run)), _runs.End(run) - _runs.Start(run));
    }

    private long Repaint<T>(Span<T> voxels, bool[] chosen, T label) where T : unmanaged, IBinaryInteger<T>
    {
        long changed = 0;
        for (int k = 0; k < _grid.Depth; k++)
            for (int j = 0; j < _grid.Height; j++)
                for (int run = _runs.RowStart(k, j), last = _runs.RowEnd(k, j); run < last; run++)
                {
                    if (!chosen[_runs.ComponentOf(run)]) continue;
                    Span<T> voxelsOfRun = voxels.Slice((int)_grid.Offset(k, j, _runs.Start(run)), _runs.End(run) - _runs.Start(run));
                    changed += voxelsOfRun.Length - voxelsOfRun.Count(label);
                    voxelsOfRun.Fill(label);
                }
        return changed;
    }

    /// <summary>A component while its runs come in.</summary>
    private sealed class Growing(int label, VoxelIndex first)
    {
        private long _size;
        private int _firstJ = first.J, _firstI = first.I, _lastK = first.K, _lastJ = first.J, _lastI = first.I;

        public void Add(int k, int j, int start, int end)
        {
            _size += end - start;
            _firstJ = Math.Min(_firstJ, j);
            _firstI = Math.Min(_firstI, start);
            _lastK = k;
            _lastJ = Math.Max(_lastJ, j);
            _lastI = Math.Max(_lastI, end - 1);
        }

        public Component Finish(int number) =>
            new(number, label, _size, first, new VoxelIndex(first.K, _firstJ, _firstI), new VoxelIndex(_lastK, _lastJ, _lastI));
    }
}
