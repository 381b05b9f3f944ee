namespace MedISeg.Inference.Tiling;

/// <summary>Which axis a sliding window streams along, and what its accumulator holds at most.</summary>
/// <remarks>
/// Sums are kept in rows: one voxel along the streaming axis, one along the second axis, the whole third axis, all classes. A row is
/// taken when the first patch touches it and given back when it has left as part of a band. Weights are worked out again as it leaves.
/// </remarks>
public sealed class AccumulatorPlan
{
    private AccumulatorPlan(PatchGrid grid, int classes, int streamingAxis)
    {
        StreamingAxis = streamingAxis;
        SecondAxis = streamingAxis == 0 ? 1 : 0;
        ThirdAxis = streamingAxis == 2 ? 1 : 2;
        Classes = classes;
        RowFloats = (long)classes * grid.Image[ThirdAxis];
        PeakRows = CountPeak(grid);
    }

    /// <summary>Axis along which finished bands leave: 0 = k, 1 = j, 2 = i.</summary>
    public int StreamingAxis { get; }

    /// <summary>Axis along which a slab is walked.</summary>
    public int SecondAxis { get; }

    /// <summary>Axis of the rows.</summary>
    public int ThirdAxis { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Floats in one row: all classes.</summary>
    public long RowFloats { get; }

    /// <summary>Most rows held at one time.</summary>
    public long PeakRows { get; }

    /// <summary>Bytes of the accumulator at its peak.</summary>
    public long Bytes => PeakRows * RowFloats * sizeof(float);

    /// <summary>The plan of the axis that needs least memory; of equal ones the slowest axis.</summary>
    public static AccumulatorPlan Smallest(PatchGrid grid, int classes)
    {
        AccumulatorPlan best = Along(grid, classes, 0);
        for (int axis = 1; axis < 3; axis++)
        {
            AccumulatorPlan plan = Along(grid, classes, axis);
            if (plan.Bytes < best.Bytes) best = plan;
        }
        return best;
    }

    /// <summary>The plan of a given axis: 0 = k, 1 = j, 2 = i.</summary>
    public static AccumulatorPlan Along(PatchGrid grid, int classes, int streamingAxis)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(streamingAxis);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(streamingAxis, 2);
        return new AccumulatorPlan(grid, classes, streamingAxis);
    }

    private long CountPeak(PatchGrid grid)
    {
        long peak = 0, height = grid.Image[SecondAxis];
        int carriedTo = 0;
        for (int s = 0; s < grid.Starts(StreamingAxis).Count; s++)
        {
            (int from, int to) = grid.Covered(StreamingAxis, s);
            (int finishedFrom, int finishedTo) = grid.Finished(StreamingAxis, s);
            long carried = Math.Max(0, carriedTo - from), fresh = to - Math.Max(from, carriedTo), leaving = finishedTo - finishedFrom;
            for (int a = 0; a < grid.Starts(SecondAxis).Count; a++)
            {
                long touched = grid.Covered(SecondAxis, a).To, left = grid.Finished(SecondAxis, a).From;
                peak = Math.Max(peak, carried * height + fresh * touched - leaving * left);
            }
            carriedTo = to;
        }
        return peak;
    }
}
