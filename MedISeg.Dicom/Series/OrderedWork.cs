using System.Runtime.ExceptionServices;

namespace MedISeg.Dicom.Series;

/// <summary>Runs a body for each index, some at a time; of several failures the one of the lowest index is thrown, as one thread would.</summary>
internal static class OrderedWork
{
    /// <summary>How many run at a time unless a test says otherwise: while one reads a file, another decodes.</summary>
    public static int DefaultThreads => Math.Clamp(Environment.ProcessorCount, 2, 16);

    /// <summary>Runs the body for 0 to <paramref name="count"/> - 1.</summary>
    /// <param name="count">Number of indices.</param>
    /// <param name="threads">How many run at a time, at least 1.</param>
    /// <param name="body">Must write only what belongs to its index.</param>
    /// <param name="cancellationToken">Checked before each index.</param>
    public static void Run(int count, int threads, Action<int> body, CancellationToken cancellationToken)
    {
        Lock gate = new();
        int failed = int.MaxValue;
        ExceptionDispatchInfo? failure = null;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, count, options, (n, state) =>
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(n);
            }
            catch (Exception e)
            {
                lock (gate)
                    if (n < failed) (failed, failure) = (n, ExceptionDispatchInfo.Capture(e));
                // Lower indices still run, so that the lowest failure is found whatever the order of the threads.
                state.Break();
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        failure?.Throw();
    }
}
