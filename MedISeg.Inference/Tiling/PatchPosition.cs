namespace MedISeg.Inference.Tiling;

/// <summary>Which patch: the number of its start along the streaming axis, the second axis and the third axis of a plan.</summary>
internal readonly record struct PatchPosition(int S, int A, int B)
{
    /// <summary>The patch of a place in the order in which patches are visited, from 0.</summary>
    public static PatchPosition Of(long n, PatchGrid grid, AccumulatorPlan plan)
    {
        (long strip, long b) = Math.DivRem(n, grid.Starts(plan.ThirdAxis).Count);
        (long s, long a) = Math.DivRem(strip, grid.Starts(plan.SecondAxis).Count);
        return new PatchPosition((int)s, (int)a, (int)b);
    }

    /// <summary>Number of its start along an axis: 0 = k, 1 = j, 2 = i.</summary>
    public int Along(int axis, AccumulatorPlan plan) => axis == plan.StreamingAxis ? S : axis == plan.SecondAxis ? A : B;
}
