namespace MedISeg.Api.Jobs;

/// <summary>Empties an outbox: each receiver has a turn of its own, so that one that is away does not hold up the others. Only the leader sends.</summary>
internal abstract class OutboxWorker(ClusterLink cluster, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>Most that is read from the store at once.</summary>
    protected const int Batch = 20;

    /// <summary>Longest sleep: a retry may be due, or another process may have added something.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private volatile TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>Where it logs.</summary>
    protected ILogger Logger => logger;

    /// <summary>Says that there is something to send.</summary>
    public void Wake()
    {
        TaskCompletionSource woken = _woken;
        _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        woken.TrySetResult();
    }

    /// <summary>Wait after a failed try: it doubles up to a longest one.</summary>
    /// <param name="attempt">Tries so far, from 1.</param>
    /// <param name="first">Wait after the first.</param>
    /// <param name="longest">Longest wait.</param>
    protected static TimeSpan Wait(int attempt, TimeSpan first, TimeSpan longest)
    {
        double seconds = first.TotalSeconds * Math.Pow(2, attempt - 1);
        return seconds < longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : longest;
    }

    /// <summary>Names of the receivers: those of the configuration, and those that were taken out of it and are waited for, which fail visibly.</summary>
    protected abstract Task<IEnumerable<string>> ReceiversAsync(CancellationToken cancellationToken);

    /// <summary>Sends some of what is due.</summary>
    /// <returns>Whether there was any.</returns>
    protected abstract Task<bool> SendDueAsync(string receiver, CancellationToken cancellationToken);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IEnumerable<string> receivers = await ReceiversAsync(stoppingToken).ConfigureAwait(false);
        await Task.WhenAll(receivers.Select(receiver => ServeAsync(receiver, stoppingToken))).ConfigureAwait(false);
    }

    private async Task ServeAsync(string receiver, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = _woken.Task;
            try
            {
                if (cluster.IsLeader && await SendDueAsync(receiver, stoppingToken).ConfigureAwait(false)) continue;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The outbox must outlive a store that fails for a while.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
            }
            await Task.WhenAny(woken, Task.Delay(Poll, time, stoppingToken)).ConfigureAwait(false);
        }
    }
}
