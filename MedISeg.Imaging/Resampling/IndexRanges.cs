namespace MedISeg.Imaging.Resampling;

/// <summary>Runs a body over disjoint, contiguous index ranges, some at a time.</summary>
internal static class IndexRanges
{
    /// <summary>Ranges for each thread, so that all threads end at about the same time.</summary>
    public const int PerThread = 4;

    /// <summary>Splits [0, count) into ranges and runs them in parallel; the body must write only what belongs to its range.</summary>
    /// <param name="count">Number of indices.</param>
    /// <param name="threads">Ranges that run at a time, at least 1.</param>
    /// <param name="body">Receives the start and the end (not included) of a range.</param>
    /// <param name="cancellationToken">Checked before each range.</param>
    public static void Run(int count, int threads, Action<int, int> body, CancellationToken cancellationToken)
    {
        int ranges = Math.Min(count, PerThread * threads);
        Parallel.For(0, ranges, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = threads },
            range => body((int)((long)count * range / ranges), (int)((long)count * (range + 1) / ranges)));
    }
}
