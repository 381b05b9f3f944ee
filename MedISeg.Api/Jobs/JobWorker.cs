using MedISeg.Api.Jobs.Store;

namespace MedISeg.Api.Jobs;

/// <summary>Takes one job after the other on a thread of its own: one worker a device.</summary>
internal sealed class JobWorker(JobStore store, JobRunner runner, JobSignal signal, ILogger<JobWorker> logger) : BackgroundService
{
    /// <summary>How long the worker sleeps when nobody wakes it.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private volatile bool _alive;

    /// <summary>Whether the thread runs.</summary>
    public bool IsAlive => _alive;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            _alive = true;
            try
            {
                while (!stoppingToken.IsCancellationRequested) Next(stoppingToken);
            }
            finally
            {
                _alive = false;
                ended.SetResult();
            }
        })
        { IsBackground = true, Name = "segmentation" };
        thread.Start();
        return ended.Task;
    }

    private void Next(CancellationToken stoppingToken)
    {
        try
        {
            if (store.Claim() is { } job) runner.Run(job, stoppingToken);
            else signal.Wait(Poll, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
#pragma warning disable CA1031 // The worker must outlive a store that fails for a while.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            stoppingToken.WaitHandle.WaitOne(Poll);
        }
    }
}
