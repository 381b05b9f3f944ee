using MedISeg.Api.Options;
using MedISeg.Api.SystemInformation;
using MedISeg.Inference.Reports;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Memory that the jobs of this process may take together, by their estimates. First come, first served: a large job is not passed over by
/// small ones for ever.</summary>
internal sealed class MemoryBudget(IOptions<LimitOptions> limits, ControlGroup group)
{
    /// <summary>How often one that waits looks whether it was cancelled.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly LinkedList<long> _waiting = [];
    private long _taken;

    /// <summary>Waits until a job fits beside those that run, and takes its memory until disposed.</summary>
    /// <param name="estimate">What the job is estimated to take, within the limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IDisposable Take(MemoryEstimate estimate, CancellationToken cancellationToken)
    {
        // The process itself is there once.
        long bytes = estimate.TotalBytes - MemoryEstimate.RuntimeBytes, room = limits.Value.MemoryWithin(group) - MemoryEstimate.RuntimeBytes;
        lock (_gate)
        {
            LinkedListNode<long> place = _waiting.AddLast(bytes);
            try
            {
                while (_waiting.First != place || _taken > 0 && _taken + bytes > room)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate, Look);
                }
                _taken += bytes;
            }
            finally
            {
                _waiting.Remove(place);
                Monitor.PulseAll(_gate);
            }
        }
        return new Share(this, bytes);
    }

    private void GiveBack(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    private sealed class Share(MemoryBudget budget, long bytes) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0) budget.GiveBack(bytes);
        }
    }
}
