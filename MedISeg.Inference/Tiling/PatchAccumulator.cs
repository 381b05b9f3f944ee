using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Tiling;

/// <summary>Weighted sum of overlapping patches that holds only what later patches still touch, and hands on what is finished.</summary>
internal sealed class PatchAccumulator : IDisposable
{
    /// <summary>Bands are as thick along the streaming axis as fits here, at least one voxel, so that they stay in a core's cache.</summary>
    private const long BandFloats = 1 << 17;

    /// <summary>Below this many floats a patch is added, and a band made, on one thread.</summary>
    private const long ParallelFloats = 1 << 16;

    private readonly PatchGrid _grid;
    private readonly AccumulatorPlan _plan;
    private readonly BlendWeights _weights;
    private readonly IBandSink _sink;
    private readonly int _threads;
    private readonly RowPool _rows;
    private readonly int[] _live;
    private readonly int _slices, _lines, _width;
    private float[] _band = [];

    /// <summary>Allocates the sums.</summary>
    /// <param name="grid">Positions of the patches' scores.</param>
    /// <param name="plan">Streaming axis and size of the sums.</param>
    /// <param name="weights">Weights over a patch.</param>
    /// <param name="sink">Receives bands, on the thread that finishes a strip.</param>
    /// <param name="threads">Threads that add, at least 1; the sums do not depend on it.</param>
    public PatchAccumulator(PatchGrid grid, AccumulatorPlan plan, BlendWeights weights, IBandSink sink, int threads)
    {
        _grid = grid;
        _plan = plan;
        _weights = weights;
        _sink = sink;
        _threads = threads;
        _rows = new RowPool(plan.PeakRows, plan.RowFloats);
        _slices = grid.Patch[plan.StreamingAxis];
        _lines = grid.Image[plan.SecondAxis];
        _width = grid.Image[plan.ThirdAxis];
        _live = new int[checked(_slices * _lines)];
    }

    /// <summary>Bytes of the sums.</summary>
    public long Bytes => _rows.Bytes;

    /// <summary>Adds the scores of a patch.</summary>
    /// <param name="scores">Shape [classes, k, j, i] of the patch, row-major, from <paramref name="first"/> on.</param>
    /// <param name="first">Where the patch begins in the scores.</param>
    /// <param name="position">Place of its start along each axis.</param>
    public void Add(LargeBuffer scores, long first, PatchPosition position)
    {
        if (position.B == 0) TakeRows(position);
        (int from, int to) = _grid.Covered(0, position.Along(0, _plan));
        int threads = _grid.Patch.VoxelCount * _plan.Classes < ParallelFloats ? 1 : _threads;
        IndexRanges.Run(to - from, threads, (begin, end) =>
        {
            PatchPlane plane = new(_grid, _plan, _weights, position);
            for (int k = from + begin; k < from + end; k++) plane.Add(scores, first, k, this);
        }, CancellationToken.None);
    }

    /// <summary>Hands on everything that no later patch touches, once all patches of a strip have been added.</summary>
    public void FinishStrip(int s, int a)
    {
        (int sFrom, int sTo) = _grid.Finished(_plan.StreamingAxis, s);
        (int aFrom, int aTo) = _grid.Finished(_plan.SecondAxis, a);
        int lines = aTo - aFrom;
        int thickness = (int)BandThickness(_plan.Classes, lines, _width, sTo - sFrom);
        for (int slice = sFrom; slice < sTo; slice += thickness)
            Emit(slice, Math.Min(thickness, sTo - slice), aFrom, lines);
        ForEachRow(sFrom, sTo, aFrom, aTo, (slice, line) => _rows.Give(_live[Place(slice, line)]));
    }

    /// <summary>Slices in a band of so many lines.</summary>
    public static long BandThickness(int classes, long lines, long width, long slices) =>
        Math.Clamp(BandFloats / Math.Max(1, classes * lines * width), 1, Math.Max(1, slices));

    /// <inheritdoc />
    public void Dispose() => _rows.Dispose();

    /// <summary>The sums of a row that is held: shape [classes, width].</summary>
    public Span<float> Row(int slice, int line) => _rows[_live[Place(slice, line)]];

    /// <summary>Rows that no earlier strip touched.</summary>
    private void TakeRows(PatchPosition position)
    {
        (int sFrom, int sTo) = _grid.Covered(_plan.StreamingAxis, position.S);
        (int aFrom, int aTo) = _grid.Covered(_plan.SecondAxis, position.A);
        int freshSlice = _grid.TouchedBefore(_plan.StreamingAxis, position.S), freshLine = _grid.TouchedBefore(_plan.SecondAxis, position.A);
        ForEachRow(Math.Max(sFrom, freshSlice), sTo, Math.Max(aFrom, freshLine), aTo, (slice, line) => _live[Place(slice, line)] = _rows.Take());
    }

    /// <summary>Rows in the order in which a patch lies in memory.</summary>
    private void ForEachRow(int sFrom, int sTo, int aFrom, int aTo, Action<int, int> visit)
    {
        if (_plan.StreamingAxis == 0)
            for (int slice = sFrom; slice < sTo; slice++)
                for (int line = aFrom; line < aTo; line++) visit(slice, line);
        else
            for (int line = aFrom; line < aTo; line++)
                for (int slice = sFrom; slice < sTo; slice++) visit(slice, line);
    }

    private void Emit(int slice, int thickness, int line, int lines)
    {
        int axis = _plan.StreamingAxis, classes = _plan.Classes;
        GridSize size = axis switch
        {
            0 => new GridSize(thickness, lines, _width),
            1 => new GridSize(lines, thickness, _width),
            _ => new GridSize(lines, _width, thickness),
        };
        int count = checked((int)(classes * size.VoxelCount));
        if (_band.Length < count) _band = GC.AllocateUninitializedArray<float>(count);
        IndexRanges.Run(thickness * lines, count < ParallelFloats ? 1 : _threads, (from, to) =>
        {
            float[] weights = new float[_width], turned = new float[axis == 2 ? _width : 0];
            for (int n = from; n < to; n++)
            {
                // In the order of the band.
                (int ds, int da) = axis == 0 ? Math.DivRem(n, lines) : (n % thickness, n / thickness);
                SumWeights(slice + ds, line + da, weights);
                ReadOnlySpan<float> row = Row(slice + ds, line + da);
                long first = axis == 0 ? size.Offset(ds, da, 0) : axis == 1 ? size.Offset(da, ds, 0) : size.Offset(da, 0, ds);
                for (int c = 0; c < classes; c++)
                {
                    int at = (int)(first + c * size.VoxelCount);
                    ReadOnlySpan<float> sum = row.Slice(c * _width, _width);
                    if (axis < 2)
                    {
                        TilingKernels.Divide(sum, weights, _band.AsSpan(at, _width));
                        continue;
                    }
                    TilingKernels.Divide(sum, weights, turned);
                    for (int b = 0; b < _width; b++, at += thickness) _band[at] = turned[b];
                }
            }
        }, CancellationToken.None);
        VoxelIndex origin = axis switch
        {
            0 => new VoxelIndex(slice, line, 0),
            1 => new VoxelIndex(line, slice, 0),
            _ => new VoxelIndex(line, 0, slice),
        };
        _sink.Accept(new Band(_band.AsSpan(0, count), classes, size, origin, axis));
    }

    /// <summary>Weights of all patches that touched a row, in patch order: the same for all classes, so they are not kept.</summary>
    private void SumWeights(int slice, int line, Span<float> weights)
    {
        weights.Clear();
        (int firstS, int endS) = _grid.Touching(_plan.StreamingAxis, slice);
        (int firstA, int endA) = _grid.Touching(_plan.SecondAxis, line);
        IReadOnlyList<int> startS = _grid.Starts(_plan.StreamingAxis), startA = _grid.Starts(_plan.SecondAxis), startB = _grid.Starts(_plan.ThirdAxis);
        for (int s = firstS; s < endS; s++)
            for (int a = firstA; a < endA; a++)
            {
                float scale = _weights.Factors(_plan.StreamingAxis)[slice - startS[s]] * _weights.Factors(_plan.SecondAxis)[line - startA[a]];
                for (int b = 0; b < startB.Count; b++)
                {
                    (int from, int to) = _grid.Covered(_plan.ThirdAxis, b);
                    TilingKernels.AddWeights(
                        _weights.Factors(_plan.ThirdAxis).Slice(from - startB[b], to - from), scale, _weights.Floor, weights[from..to]);
                }
            }
    }

    /// <summary>Live slices span less than a patch, so their numbers modulo the patch differ.</summary>
    private int Place(int slice, int line) => slice % _slices * _lines + line;
}
