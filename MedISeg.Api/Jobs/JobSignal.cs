using MedISeg.Api.Jobs.Store;

namespace MedISeg.Api.Jobs;

/// <summary>Wakes the worker, and stops the job it has.</summary>
internal sealed class JobSignal : IDisposable
{
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (JobRecord Job, CancellationTokenSource Stop)> _running = new(StringComparer.Ordinal);

    /// <summary>Says that a job waits.</summary>
    public void Wake() => _work.Release();

    /// <summary>Waits for a job, or for some time: another process may have queued one.</summary>
    /// <returns>Whether somebody said that a job waits.</returns>
    public bool Wait(TimeSpan atMost, CancellationToken cancellationToken) => _work.Wait(atMost, cancellationToken);

    /// <summary>Notes that a worker has a job, so that <see cref="TryStop"/> reaches it.</summary>
    public void Enter(JobRecord job, CancellationTokenSource stop)
    {
        lock (_lock) _running.Add(job.Id, (job, stop));
    }

    /// <summary>Jobs that workers of this process have.</summary>
    public IReadOnlyList<JobRecord> Running()
    {
        lock (_lock) return [.. _running.Values.Select(entry => entry.Job)];
    }

    /// <summary>Notes that the worker is done with it.</summary>
    public void Leave(string id)
    {
        lock (_lock) _running.Remove(id);
    }

    /// <summary>Stops a job at its next patch.</summary>
    /// <returns>Whether a worker of this process has it; then the worker cleans up behind it.</returns>
    public bool TryStop(string id)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(id, out (JobRecord Job, CancellationTokenSource Stop) entry)) return false;
            entry.Stop.Cancel();
            return true;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _work.Dispose();
}
