using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Tiling;

/// <summary>Weighted sum of overlapping patches that holds only what later patches still touch, and hands on what is finished.</summary>
internal sealed class PatchAccumulator
{
    /// <summary>Bands are as thick along the streaming axis as fits here, at least one voxel.</summary>
    private const long BandFloats = 1 << 20;

    /// <summary>Below this many floats a patch is added on one thread.</summary>
    private const long ParallelFloats = 1 << 18;

    private readonly PatchGrid _grid;
    private readonly AccumulatorPlan _plan;
    private readonly BlendWeights _weights;
    private readonly IBandSink _sink;
    private readonly RowPool _rows;
    private readonly int[] _live;
    private readonly int _slices, _lines, _width;
    private float[] _band = [];

    public PatchAccumulator(PatchGrid grid, AccumulatorPlan plan, BlendWeights weights, IBandSink sink)
    {
        _grid = grid;
        _plan = plan;
        _weights = weights;
        _sink = sink;
        _rows = new RowPool(plan.PeakRows, plan.RowFloats);
        _slices = grid.Patch[plan.StreamingAxis];
        _lines = grid.Image[plan.SecondAxis];
        _width = grid.Image[plan.ThirdAxis];
        _live = new int[checked(_slices * _lines)];
        Array.Fill(_live, -1);
    }

    /// <summary>Bytes of the sums.</summary>
    public long Bytes => _rows.Bytes;

    /// <summary>Adds the scores of a patch.</summary>
    /// <param name="scores">Shape [classes, k, j, i] of the patch, row-major.</param>
    /// <param name="s">Place of its start along the streaming axis.</param>
    /// <param name="a">Place of its start along the second axis.</param>
    /// <param name="b">Place of its start along the third axis.</param>
    public void Add(float[] scores, int s, int a, int b)
    {
        (int sFrom, int sTo) = _grid.Covered(_plan.StreamingAxis, s);
        (int aFrom, int aTo) = _grid.Covered(_plan.SecondAxis, a);
        for (int slice = sFrom; slice < sTo; slice++)
            for (int line = aFrom; line < aTo; line++)
                if (_live[Place(slice, line)] < 0) _live[Place(slice, line)] = _rows.Take();

        if (_grid.Patch.VoxelCount * _plan.Classes < ParallelFloats)
            for (int slice = sFrom; slice < sTo; slice++) AddSlice(scores, slice, s, a, b);
        else
            Parallel.For(sFrom, sTo, slice => AddSlice(scores, slice, s, a, b));
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
        for (int slice = sFrom; slice < sTo; slice++)
            for (int line = aFrom; line < aTo; line++)
            {
                _rows.Give(_live[Place(slice, line)]);
                _live[Place(slice, line)] = -1;
            }
    }

    /// <summary>Slices in a band of so many lines.</summary>
    public static long BandThickness(int classes, long lines, long width, long slices) => Math.Clamp(BandFloats / (classes * lines * width), 1, slices);

    private void AddSlice(float[] scores, int slice, int s, int a, int b)
    {
        int sAxis = _plan.StreamingAxis, aAxis = _plan.SecondAxis, bAxis = _plan.ThirdAxis;
        (int aFrom, int aTo) = _grid.Covered(aAxis, a);
        (int bFrom, int bTo) = _grid.Covered(bAxis, b);
        GridSize patch = _grid.Patch;
        int inS = slice - _grid.Starts(sAxis)[s], inA = aFrom - _grid.Starts(aAxis)[a], inB = bFrom - _grid.Starts(bAxis)[b];
        int length = bTo - bFrom, stride = bAxis == 2 ? 1 : patch.Width;
        float[] weights = new float[length], turned = new float[stride == 1 ? 0 : length];
        for (int line = aFrom; line < aTo; line++, inA++)
        {
            Span<float> row = _rows[_live[Place(slice, line)]];
            float scale = _weights.Factors(sAxis)[inS] * _weights.Factors(aAxis)[inA];
            TilingKernels.WeightRow(_weights.Factors(bAxis).Slice(inB, length), scale, _weights.Floor, weights);
            long first = sAxis switch
            {
                0 => patch.Offset(inS, inA, inB),
                1 => patch.Offset(inA, inS, inB),
                _ => patch.Offset(inA, inB, inS),
            };
            for (int c = 0; c < _plan.Classes; c++)
            {
                int at = checked((int)(first + c * patch.VoxelCount));
                ReadOnlySpan<float> line1 = stride == 1 ? scores.AsSpan(at, length) : Gather(scores, at, stride, turned);
                TilingKernels.AddWeighted(line1, weights, row.Slice(c * _width + bFrom, length));
            }
            TilingKernels.AddScaled(weights, 1, row.Slice(_plan.Classes * _width + bFrom, length));
        }
    }

    private static float[] Gather(float[] source, int at, int stride, float[] target)
    {
        for (int n = 0; n < target.Length; n++, at += stride) target[n] = source[at];
        return target;
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
        float[] turned = new float[axis == 2 ? _width : 0];
        for (int ds = 0; ds < thickness; ds++)
            for (int da = 0; da < lines; da++)
            {
                Span<float> row = _rows[_live[Place(slice + ds, line + da)]];
                ReadOnlySpan<float> weights = row.Slice(classes * _width, _width);
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
                    for (int n = 0; n < _width; n++, at += thickness) _band[at] = turned[n];
                }
            }
        VoxelIndex origin = axis switch
        {
            0 => new VoxelIndex(slice, line, 0),
            1 => new VoxelIndex(line, slice, 0),
            _ => new VoxelIndex(line, 0, slice),
        };
        _sink.Accept(new Band(_band.AsSpan(0, count), classes, size, origin, axis));
    }

    /// <summary>Live slices span less than a patch, so their numbers modulo the patch differ.</summary>
    private int Place(int slice, int line) => slice % _slices * _lines + line;
}
