using MedISeg.Imaging.Volumes;

namespace MedISeg.Inference.Tiling;

/// <summary>Adds one patch plane by plane, in the order in which it lies in memory. One a thread.</summary>
internal sealed class PatchPlane
{
    private readonly PatchGrid _grid;
    private readonly AccumulatorPlan _plan;
    private readonly BlendWeights _weights;
    private readonly int _startS, _startA, _startB, _fromB, _toB;
    private readonly int _freshS, _freshA, _freshB;
    private readonly (int Start, int From, int To) _k, _j, _i;
    private readonly float[] _turned, _factors;
    private readonly int _width;

    /// <summary>Prepares for a patch.</summary>
    public PatchPlane(PatchGrid grid, AccumulatorPlan plan, BlendWeights weights, PatchPosition position)
    {
        _grid = grid;
        _plan = plan;
        _weights = weights;
        _factors = weights.Factors(plan.ThirdAxis).ToArray();
        _width = grid.Image[plan.ThirdAxis];
        (_k, _j, _i) = (Along(0), Along(1), Along(2));
        (_startS, _startA) = (Along(plan.StreamingAxis).Start, Along(plan.SecondAxis).Start);
        (_startB, _fromB, _toB) = Along(plan.ThirdAxis);
        _freshS = grid.TouchedBefore(plan.StreamingAxis, position.S);
        _freshA = grid.TouchedBefore(plan.SecondAxis, position.A);
        _freshB = grid.TouchedBefore(plan.ThirdAxis, position.B);
        _turned = new float[plan.StreamingAxis == 2 ? grid.Patch.Width * grid.Patch.Height : 0];

        (int Start, int From, int To) Along(int axis)
        {
            int start = position.Along(axis, plan);
            (int from, int to) = grid.Covered(axis, start);
            return (grid.Starts(axis)[start], from, to);
        }
    }

    /// <summary>Adds the voxels of a plane k of the image.</summary>
    /// <param name="scores">Shape [classes, k, j, i] of the patch from <paramref name="first"/> on.</param>
    /// <param name="first">Where the patch begins.</param>
    /// <param name="k">Plane of the image that the patch covers.</param>
    /// <param name="sums">Receives them.</param>
    public void Add(LargeBuffer scores, long first, int k, PatchAccumulator sums)
    {
        if (_plan.StreamingAxis == 2)
        {
            AddTurned(scores, first, k, sums);
            return;
        }
        GridSize patch = _grid.Patch;
        for (int j = _j.From; j < _j.To; j++)
        {
            (int slice, int line) = _plan.StreamingAxis == 0 ? (k, j) : (j, k);
            (float scale, int known) = Row(slice, line);
            Span<float> row = sums.Row(slice, line);
            long at = first + patch.Offset(k - _k.Start, j - _j.Start, _fromB - _startB);
            for (int c = 0; c < _plan.Classes; c++, at += patch.VoxelCount)
                AddRow(scores.Slice(at, _toB - _fromB), scale, known, row.Slice(c * _width + _fromB, _toB - _fromB));
        }
    }

    /// <summary>Rows run along j: a plane of a class is turned first.</summary>
    private void AddTurned(LargeBuffer scores, long first, int k, PatchAccumulator sums)
    {
        GridSize patch = _grid.Patch;
        for (int c = 0; c < _plan.Classes; c++)
        {
            long at = first + c * patch.VoxelCount + patch.Offset(k - _k.Start, 0, 0);
            Transpose(scores.Slice(at, _turned.Length), patch.Height, patch.Width, _turned);
            for (int i = _i.From; i < _i.To; i++)
            {
                (float scale, int known) = Row(i, k);
                AddRow(_turned.AsSpan((i - _i.Start) * patch.Height + _fromB - _startB, _toB - _fromB), scale, known,
                    sums.Row(i, k).Slice(c * _width + _fromB, _toB - _fromB));
            }
        }
    }

    /// <summary>Weight of a row by the other two axes, and how many of its voxels an earlier patch touched.</summary>
    private (float Scale, int Known) Row(int slice, int line)
    {
        int length = _toB - _fromB;
        return (_weights.Factors(_plan.StreamingAxis)[slice - _startS] * _weights.Factors(_plan.SecondAxis)[line - _startA],
            slice >= _freshS && line >= _freshA ? Math.Clamp(_freshB - _fromB, 0, length) : length);
    }

    /// <summary>What no earlier patch touched is written, the rest is added to.</summary>
    private void AddRow(ReadOnlySpan<float> scores, float scale, int known, Span<float> sums)
    {
        ReadOnlySpan<float> factors = _factors.AsSpan(_fromB - _startB, scores.Length);
        TilingKernels.AddBlended(scores[..known], factors[..known], scale, _weights.Floor, sums[..known]);
        if (known < scores.Length)
            TilingKernels.WriteBlended(scores[known..], factors[known..], scale, _weights.Floor, sums[known..]);
    }

    /// <summary>target[column, row] = source[row, column], block by block.</summary>
    private static void Transpose(ReadOnlySpan<float> source, int rows, int columns, Span<float> target)
    {
        const int Block = 16;
        for (int r0 = 0; r0 < rows; r0 += Block)
            for (int c0 = 0; c0 < columns; c0 += Block)
                for (int c = c0; c < Math.Min(columns, c0 + Block); c++)
                    for (int r = r0; r < Math.Min(rows, r0 + Block); r++)
                        target[c * rows + r] = source[r * columns + c];
    }
}
