using MedISeg.Api.Jobs.Dispatch;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Takes one job after the other, on as many threads as there are workers.</summary>
internal sealed class JobWorker(
    JobClaims claims, JobRunner runner, JobSignal signal, ModelCatalog models, ModelState state, IOptions<ModelOptions> options, IOptions<JobOptions> jobs, ILogger<JobWorker> logger)
    : BackgroundService
{
    /// <summary>How long the worker sleeps when nobody wakes it.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>First sleep of one that was woken and found nothing: the token comes a moment after the word.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(25);

    private readonly Lock _claiming = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private int _alive;

    /// <summary>Whether all threads run, if this process has any.</summary>
    public bool IsAlive => Volatile.Read(ref _alive) == jobs.Value.Workers || jobs.Value.Role == JobRole.Api;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (jobs.Value.Role == JobRole.Api)
        {
            // The packages are for the workers to load.
            state.Loaded = true;
            return Task.CompletedTask;
        }
        // By the first thread, before any takes a job.
        Lazy<bool> loaded = new(() => LoadModels(stoppingToken));
        return Task.WhenAll(Enumerable.Range(0, jobs.Value.Workers).Select(_ => StartThread(loaded, stoppingToken)));
    }

    private Task StartThread(Lazy<bool> loaded, CancellationToken stoppingToken)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            Interlocked.Increment(ref _alive);
            try
            {
                _ = loaded.Value;
                TimeSpan rest = Poll;
                while (!stoppingToken.IsCancellationRequested) Next(ref rest, stoppingToken);
            }
            finally
            {
                Interlocked.Decrement(ref _alive);
                ended.SetResult();
            }
        })
        { IsBackground = true, Name = "segmentation" };
        thread.Start();
        return ended.Task;
    }

    private bool LoadModels(CancellationToken stoppingToken)
    {
        if (options.Value.Preload)
            foreach (ModelManifest model in models.Models.Where(model => jobs.Value.Serves(model.Name)))
                try
                {
                    using ModelLease lease = models.Rent(model.Name, model.Version, stoppingToken);
                    state.Device = lease.Model.Device;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
#pragma warning disable CA1031 // One package that breaks shall not end the process.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    state.Fail(model);
                    Log.ModelNotLoaded(logger, model.Name, model.Version, (failure as SegmentationException)?.Code ?? ErrorCode.ModelFailed);
                }
        return state.Loaded = true;
    }

    /// <summary>Runs one job, or sleeps.</summary>
    /// <param name="rest">How long to sleep: after a word that a job waits from a moment on, twice as long each time.</param>
    /// <param name="stoppingToken">The service stops.</param>
    private void Next(ref TimeSpan rest, CancellationToken stoppingToken)
    {
        try
        {
            (JobRecord? job, Token? token) = Claim();
            if (job is null)
            {
                bool woken = signal.Wait(rest, stoppingToken);
                rest = woken && claims.UsesTokens ? Moment : rest * 2 < Poll ? rest * 2 : Poll;
                return;
            }
            try
            {
                runner.Run(job, stoppingToken);
            }
            finally
            {
                lock (_claiming) _running[job.ModelName]--;
                token?.Done();
            }
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

    /// <summary>The next job of a model that may have one more.</summary>
    private (JobRecord? Job, Token? Token) Claim()
    {
        lock (_claiming)
        {
            (JobRecord? Job, Token? Token) claimed =
                claims.Next([.. options.Value.Concurrency.Where(most => _running.GetValueOrDefault(most.Key) >= most.Value).Select(most => most.Key)]);
            if (claimed.Job is { } job) _running[job.ModelName] = _running.GetValueOrDefault(job.ModelName) + 1;
            return claimed;
        }
    }
}
