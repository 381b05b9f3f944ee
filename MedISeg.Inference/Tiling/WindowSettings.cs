namespace MedISeg.Inference.Tiling;

/// <summary>How a sliding window uses the machine; scores do not depend on it beyond rounding inside the network.</summary>
/// <param name="Threads">Threads that add up patches and make labels, at least 1. With more than one the next patch is cut out and the last
/// one added while the network runs.</param>
/// <param name="Batch">Most patches in one network call, at least 1.</param>
internal sealed record WindowSettings(int Threads, int Batch)
{
    /// <summary>A second set of patch and scores must not cost more than this.</summary>
    private const long OverlapBytes = 256L << 20;

    /// <summary>One thread a core, one patch a call.</summary>
    public static WindowSettings Default => new(Environment.ProcessorCount, 1);

    /// <summary>Patches in one call where the scores of all of them must be one span.</summary>
    public int BatchOf(long inputFloats, long scoreFloats) => (int)Math.Clamp(Array.MaxLength / Math.Max(inputFloats, scoreFloats), 1, Batch);

    /// <summary>Sets of patches and scores: 2 where stages overlap, else 1.</summary>
    public int Sets(long inputFloats, long scoreFloats) =>
        Threads > 1 && (inputFloats + scoreFloats) * BatchOf(inputFloats, scoreFloats) * sizeof(float) <= OverlapBytes ? 2 : 1;
}
