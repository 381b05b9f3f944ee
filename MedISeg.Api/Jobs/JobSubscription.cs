namespace MedISeg.Api.Jobs;

/// <summary>A listener of one job; dispose it when done.</summary>
internal sealed class JobSubscription(JobNotifier.Topic topic, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>Last word since the subscription or before it; null: none.</summary>
    public JobLive? Current => topic.Current;

    /// <summary>Ends at the next word. Take it before looking at <see cref="Current"/>.</summary>
    public Task Changed => topic.Changed;

    /// <summary>Waits until the job is final.</summary>
    /// <returns>Whether it is; false: the time is over or the service stops.</returns>
    public async Task<bool> WaitForEndAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            Task changed = Changed;
            if (Current is { } live && live.State.IsFinal()) return true;
            try
            {
                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Current is { } last && last.State.IsFinal();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
