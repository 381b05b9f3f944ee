using System.Collections.Concurrent;
using MedISeg.Api.Jobs.Store;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;

namespace MedISeg.Api.Jobs.Dispatch;

/// <summary>Sees to it that the broker has a token for each job that waits: publishes one when a job begins to wait, and, in the process that leads,
/// those that the store shows to be missing. A token too many does no harm: who takes it finds no job.</summary>
internal sealed class Dispatcher(Broker broker, JobStore store, ModelCatalog models, ClusterLink cluster, TimeProvider time, ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>Time between two looks at the store; longest time of publishing what is left at a stop.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3), LastWords = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<JobQueue> _tokens = new();
    private readonly ConcurrentQueue<(string Job, ErrorCode Code)> _dead = new();
    private readonly SemaphoreSlim _work = new(0);

    /// <summary>Says that a job waits, without waiting for the broker.</summary>
    public void Announce(JobRecord job)
    {
        // While the broker is away nothing is kept: the store shows it afterwards.
        if (broker.Link is null) return;
        _tokens.Enqueue(JobQueue.Of(job.ModelName, job.Priority));
        _work.Release();
    }

    /// <summary>Says that a job was given up, for whoever watches the broker. Kept until the broker is there, as long as the process lives.</summary>
    public void GiveUp(JobRecord job, ErrorCode code)
    {
        if (!broker.IsConfigured) return;
        _dead.Enqueue((job.Id, code));
        _work.Release();
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // What the workers have put back a moment ago.
        if (broker.Link is not { } link) return;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastWords);
        try
        {
            await SendAsync(link, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (BrokerLink.IsFailure(failure))
        {
            // The process that leads finds out.
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _work.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!broker.IsConfigured) return;
        BrokerLink? last = null;
        long looked = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            BrokerLink? link = broker.Link;
            try
            {
                if (link is not null)
                {
                    await SendAsync(link, stoppingToken).ConfigureAwait(false);
                    if (cluster.IsLeader && (link != last || time.GetElapsedTime(looked) >= Turn))
                    {
                        await ReconcileAsync(link, stoppingToken).ConfigureAwait(false);
                        (last, looked) = (link, time.GetTimestamp());
                    }
                }
                await _work.WaitAsync(Turn, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (BrokerLink.IsFailure(failure))
            {
                link?.Break(failure);
            }
#pragma warning disable CA1031 // It must outlive a store that fails for a while.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
                await Task.WhenAny(Task.Delay(Turn, time, stoppingToken)).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAsync(BrokerLink link, CancellationToken cancellationToken)
    {
        List<JobQueue> tokens = [];
        while (_tokens.TryDequeue(out JobQueue queue)) tokens.Add(queue);
        foreach (IGrouping<JobQueue, JobQueue> same in tokens.GroupBy(queue => queue))
            await link.PublishAsync(same.Key, same.Count(), cancellationToken).ConfigureAwait(false);
        while (_dead.TryPeek(out (string Job, ErrorCode Code) dead))
        {
            await link.PublishDeadAsync(dead.Job, dead.Code, cancellationToken).ConfigureAwait(false);
            _dead.TryDequeue(out _);
        }
    }

    /// <summary>Publishes the tokens that are missing: the broker was away, or lost them.</summary>
    private async Task ReconcileAsync(BrokerLink link, CancellationToken cancellationToken)
    {
        // Queues are there before their first token, for those who scale workers by them.
        foreach (string model in models.Models.Select(model => model.Name).Distinct())
            foreach (PriorityClass priorities in Enum.GetValues<PriorityClass>())
                await link.DeclareAsync(new JobQueue(model, priorities), cancellationToken).ConfigureAwait(false);
        int published = 0;
        foreach ((JobQueue queue, int waiting) in await store.CountByQueueAsync(cancellationToken).ConfigureAwait(false))
        {
            int missing = (int)Math.Max(0, waiting - await link.CountAsync(queue, cancellationToken).ConfigureAwait(false));
            await link.PublishAsync(queue, missing, cancellationToken).ConfigureAwait(false);
            published += missing;
        }
        if (published > 0) Log.TokensPublished(logger, published);
    }
}
