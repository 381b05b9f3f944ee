using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Tiling;

namespace MedISeg.Inference.WayBack;

/// <summary>Interpolates scores to the target grid (linear along each axis) as bands arrive, and decides labels there.</summary>
/// <remarks>A target voxel is written once, as soon as the model voxels around it are there; never more than a few slices are held.</remarks>
internal sealed class ResamplingSink : IBandSink
{
    /// <summary>Below this many interpolated scores a slice is written on one thread.</summary>
    private const long ParallelScores = 1 << 17;

    private readonly AccumulatorPlan _plan;
    private readonly LabelDecision? _decision;
    private readonly LabelMap? _target;
    private readonly float[][] _maps = [];
    private readonly TargetAxis _s, _a, _b;
    private readonly BandAssembler _bands;
    private readonly int _width, _threads;
    private float[] _slice = [];

    /// <summary>Creates a sink.</summary>
    /// <param name="map">From the target's block to the model grid.</param>
    /// <param name="start">First voxel of the block in the target.</param>
    /// <param name="target">Receives labels; voxels outside the block are left alone.</param>
    /// <param name="plan">How bands arrive.</param>
    /// <param name="decision">Scores to labels.</param>
    /// <param name="threads">Threads that interpolate, at least 1.</param>
    /// <param name="nearestAxis">Model axis along which the nearest voxel is taken (0 = k, 1 = j, 2 = i); null: none.</param>
    public ResamplingSink(
        GridMap map, VoxelIndex start, LabelMap target, AccumulatorPlan plan, LabelDecision decision, int threads, int? nearestAxis = null)
        : this(map, start, target.Geometry.Grid, plan, threads, nearestAxis)
    {
        _decision = decision;
        _target = target;
    }

    private ResamplingSink(GridMap map, VoxelIndex start, GridSize array, float[][] maps, AccumulatorPlan plan, int threads, int? nearestAxis)
        : this(map, start, array, plan, threads, nearestAxis) => _maps = maps;

    private ResamplingSink(GridMap map, VoxelIndex start, GridSize array, AccumulatorPlan plan, int threads, int? nearestAxis)
    {
        _threads = threads;
        _plan = plan;
        _s = new TargetAxis(map, plan.StreamingAxis, start, array, plan.StreamingAxis == nearestAxis);
        _a = new TargetAxis(map, plan.SecondAxis, start, array, plan.SecondAxis == nearestAxis);
        _b = new TargetAxis(map, plan.ThirdAxis, start, array, plan.ThirdAxis == nearestAxis);
        _bands = new BandAssembler(plan, map.Source);
        _width = map.Source[plan.ThirdAxis];
    }

    /// <summary>A sink that keeps the scores themselves.</summary>
    /// <param name="map">From the target's block to the model grid.</param>
    /// <param name="start">First voxel of the block in the target.</param>
    /// <param name="array">Extent of the target.</param>
    /// <param name="maps">One array of the target's voxels a channel; voxels outside the block are left alone.</param>
    /// <param name="plan">How bands arrive.</param>
    /// <param name="threads">Threads that interpolate, at least 1.</param>
    /// <param name="nearestAxis">As in the constructor.</param>
    public static ResamplingSink ToMaps(
        GridMap map, VoxelIndex start, GridSize array, float[][] maps, AccumulatorPlan plan, int threads, int? nearestAxis) =>
        new(map, start, array, maps, plan, threads, nearestAxis);

    /// <inheritdoc />
    public void Accept(in Band band)
    {
        _bands.Take(band);
        int slice0 = Index(band.Origin, _plan.StreamingAxis), line0 = Index(band.Origin, _plan.SecondAxis);
        (int sFrom, int sTo) = _s.Ready(slice0, slice0 + band.Size[_plan.StreamingAxis]);
        (int aFrom, int aTo) = _a.Ready(line0, line0 + band.Size[_plan.SecondAxis]);
        for (int place = sFrom; place < sTo; place++)
        {
            int s = _s.Sorted(place);
            int lower = _s.Taps.Lower[s] - (slice0 - 1), upper = _s.Taps.Upper[s] - (slice0 - 1);
            Slice slice = Between(lower, upper, _s.Taps.Weight[s], line0 == 0 ? 1 : 0);
            long first = _s.First + _s.Stride * s;
            int threads = (long)(aTo - aFrom) * _b.Length * _plan.Classes < ParallelScores ? 1 : _threads;
            IndexRanges.Run(aTo - aFrom, threads, (from, to) =>
            {
                Scratch scratch = new(_width, _b.Length);
                for (int a = aFrom + from; a < aFrom + to; a++) WriteLine(slice, a, line0, first, scratch);
            }, CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public void Complete()
    {
    }

    /// <summary>Two slices of the block blended, or one as it stands.</summary>
    private Slice Between(int lower, int upper, float weight, int firstLine)
    {
        if (lower == upper) return new Slice(_bands.Block, _bands.Offset(0, lower, 0), _bands.Slices * _bands.Lines * _width);
        int plane = _bands.Lines * _width;
        if (_slice.Length < _plan.Classes * plane) _slice = new float[_plan.Classes * plane];
        int from = firstLine * _width;
        for (int c = 0; c < _plan.Classes; c++)
            RowKernels.Lerp(
                _bands.Block.AsSpan(_bands.Offset(c, lower, firstLine), plane - from), _bands.Block.AsSpan(_bands.Offset(c, upper, firstLine), plane - from),
                weight, _slice.AsSpan(c * plane + from, plane - from));
        return new Slice(_slice, 0, plane);
    }

    private void WriteLine(Slice slice, int place, int line0, long first, Scratch scratch)
    {
        int a = _a.Sorted(place);
        long target = first + _a.First + _a.Stride * a + _b.First;
        int lower = _a.Taps.Lower[a] - (line0 - 1), upper = _a.Taps.Upper[a] - (line0 - 1);
        for (int c = 0; c < _plan.Classes; c++)
        {
            int at = slice.First + c * slice.ClassStride;
            ReadOnlySpan<float> row = slice.Scores.AsSpan(at + lower * _width, _width);
            if (lower != upper)
            {
                RowKernels.Lerp(row, slice.Scores.AsSpan(at + upper * _width, _width), _a.Taps.Weight[a], scratch.Row);
                row = scratch.Row;
            }
            RowKernels.Sample(row, _b.Taps, scratch.Wide);
            if (_decision is null) Write(_maps[c], scratch.Wide, target);
            else _decision.Take(c, scratch.Wide, scratch.Best, scratch.Labels);
        }
        if (_target is not null) LabelWriter.Write(_target, scratch.Labels, target, _b.Stride);
    }

    private void Write(float[] map, float[] row, long first)
    {
        int at = checked((int)first), step = (int)_b.Stride;
        for (int n = 0; n < row.Length; n++, at += step) map[at] = row[n];
    }

    private static int Index(VoxelIndex origin, int axis) => axis == 0 ? origin.K : axis == 1 ? origin.J : origin.I;

    /// <summary>Where one slice of all classes stands.</summary>
    private readonly record struct Slice(float[] Scores, int First, int ClassStride);

    /// <summary>Rows of one worker.</summary>
    private sealed class Scratch(int width, int target)
    {
        public float[] Row { get; } = new float[width];

        public float[] Wide { get; } = new float[target];

        public float[] Best { get; } = new float[target];

        public int[] Labels { get; } = new int[target];
    }
}
