using System.Numerics;
using System.Runtime.CompilerServices;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Imaging.Morphology;

/// <summary>The connected components of a label map, held as runs along the rows. Numbers count from 1, indices from 0.</summary>
public sealed class ComponentMap
{
    private const int ShortRun = 16;

    private readonly GridSize _grid;
    private readonly RunTable _runs;
    private readonly IReadOnlyList<int> _labels;
    private readonly Lazy<Component[]> _components;

    internal ComponentMap(GridSize grid, RunTable runs, IReadOnlyList<int> labels)
    {
        _grid = grid;
        _runs = runs;
        _labels = labels;
        _components = new Lazy<Component[]>(Describe);
    }

    /// <summary>Number of components.</summary>
    public int Count => _runs.Sizes.Length;

    /// <summary>Voxels of each component: those of component n are element n - 1.</summary>
    public ReadOnlySpan<int> Sizes => _runs.Sizes;

    /// <summary>The components, by number: component n is element n - 1. Made from the runs when first asked for.</summary>
    public IReadOnlyList<Component> Components => _components.Value;

    /// <summary>Label of a component; of a joint region the first label that was asked for.</summary>
    /// <param name="index">Its number - 1.</param>
    public int LabelOf(int index) => _labels[GroupOf(index)];

    /// <summary>Chooses all components but the largest ones of each label, or of the region where the labels are joint.</summary>
    /// <param name="count">How many of each label are not chosen, at least 1.</param>
    /// <param name="keepTies">Of components as large as the last of those: choose none, instead of all but the first ones in raster order.</param>
    /// <returns>Whether component n is chosen, at n - 1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool[] AllButLargest(int count, bool keepTies = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        count = Math.Clamp(count, 1, Math.Max(1, Count));
        int[] largest = new int[checked(_labels.Count * count)], ties = new int[_labels.Count];
        ReadOnlySpan<int> sizes = Sizes;
        for (int index = 0; index < sizes.Length; index++)
        {
            Span<int> ofLabel = largest.AsSpan(GroupOf(index) * count, count);
            if (sizes[index] <= ofLabel[^1]) continue;
            int place = count - 1;
            for (; place > 0 && ofLabel[place - 1] < sizes[index]; place--) ofLabel[place] = ofLabel[place - 1];
            ofLabel[place] = sizes[index];
        }
        for (int label = 0; label < ties.Length; label++)
            ties[label] = keepTies ? int.MaxValue : largest.AsSpan(label * count, count).Count(largest[label * count + count - 1]);

        bool[] chosen = new bool[sizes.Length];
        for (int index = 0; index < sizes.Length; index++)
        {
            int label = GroupOf(index), last = largest[label * count + count - 1];
            chosen[index] = sizes[index] < last || (sizes[index] == last && ties[label]-- <= 0);
        }
        return chosen;
    }

    /// <summary>Gives a label to all voxels of chosen components.</summary>
    /// <param name="map">The map that was labelled, or another of the same extent.</param>
    /// <param name="chosen">Whether component n is chosen, at n - 1.</param>
    /// <param name="label">New label.</param>
    /// <returns>Voxels whose label changed.</returns>
    /// <exception cref="ArgumentException">The extent differs, the map cannot hold the label, or not one answer a component.</exception>
    public long Repaint(LabelMap map, ReadOnlySpan<bool> chosen, int label)
    {
        if (map.Geometry.Grid != _grid) throw new ArgumentException("The extent of the map differs.", nameof(map));
        if (label < 0 || label > map.LargestLabel)
            throw new ArgumentException("The map cannot hold the label.", nameof(label));
        if (chosen.Length != Count) throw new ArgumentException("There must be one answer a component.", nameof(chosen));
        return map.IsWide ? Repaint(map.Words, chosen, (ushort)label) : Repaint(map.Bytes, chosen, (byte)label);
    }

    /// <summary>The component number of every voxel, row-major (k, j, i); 0 where there is none.</summary>
    public int[] ToNumbers()
    {
        int[] numbers = new int[_grid.VoxelCount];
        ForRuns((component, row, start, end) => numbers.AsSpan(row * _grid.Width + start, end - start).Fill(component + 1));
        return numbers;
    }

    /// <summary>Visits all runs in raster order: component from 0, row k * height + j, first column, column behind the last one.</summary>
    internal void ForRuns(Action<int, int, int, int> visit)
    {
        for (int row = 0; row < _runs.Rows; row++)
            for (int run = _runs.RowStart(row); run < _runs.RowStart(row + 1); run++)
                visit(_runs.ComponentOf(run), row, _runs.Start(run), _runs.End(run));
    }

    private int GroupOf(int index) => _runs.Keys is { } keys ? keys[index] - 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Repaint<T>(Span<T> voxels, ReadOnlySpan<bool> chosen, T label) where T : unmanaged, IBinaryInteger<T>
    {
        long changed = 0;
        for (int row = 0; row < _runs.Rows; row++)
            for (int run = _runs.RowStart(row), last = _runs.RowStart(row + 1); run < last; run++)
            {
                if (!chosen[_runs.ComponentOf(run)]) continue;
                Span<T> voxelsOfRun = voxels.Slice(row * _grid.Width + _runs.Start(run), _runs.End(run) - _runs.Start(run));
                if (voxelsOfRun.Length > ShortRun)
                {
                    changed += voxelsOfRun.Length - voxelsOfRun.Count(label);
                    voxelsOfRun.Fill(label);
                    continue;
                }
                foreach (ref T voxel in voxelsOfRun)
                {
                    if (voxel != label) changed++;
                    voxel = label;
                }
            }
        return changed;
    }

    private Component[] Describe()
    {
        Component[] components = new Component[Count];
        for (int row = 0; row < _runs.Rows; row++)
            for (int run = _runs.RowStart(row); run < _runs.RowStart(row + 1); run++)
            {
                int index = _runs.ComponentOf(run), k = row / _grid.Height, j = row % _grid.Height;
                VoxelIndex start = new(k, j, _runs.Start(run)), end = start with { I = _runs.End(run) - 1 };
                ref Component component = ref components[index];
                component = component.Number == 0
                    ? new Component(index + 1, LabelOf(index), _runs.Sizes[index], start, start, end)
                    : component with
                    {
                        BoxFirst = new VoxelIndex(component.BoxFirst.K, Math.Min(component.BoxFirst.J, j), Math.Min(component.BoxFirst.I, start.I)),
                        BoxLast = new VoxelIndex(k, Math.Max(component.BoxLast.J, j), Math.Max(component.BoxLast.I, end.I)),
                    };
            }
        return components;
    }
}
