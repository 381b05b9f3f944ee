using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Jobs;

/// <summary>Takes one job after the other on a thread of its own: one worker a device.</summary>
internal sealed class JobWorker(
    JobStore store, JobRunner runner, JobSignal signal, ModelCatalog models, ModelState state, IOptions<ModelOptions> options, IOptions<JobOptions> jobs, ILogger<JobWorker> logger)
    : BackgroundService
{
    /// <summary>How long the worker sleeps when nobody wakes it.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private volatile bool _alive;

    /// <summary>Whether the thread runs, if this process has one.</summary>
    public bool IsAlive => _alive || jobs.Value.Role == JobRole.Api;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (jobs.Value.Role == JobRole.Api)
        {
            // The packages are for the workers to load.
            state.Loaded = true;
            return Task.CompletedTask;
        }
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            _alive = true;
            try
            {
                LoadModels(stoppingToken);
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

    private void LoadModels(CancellationToken stoppingToken)
    {
        if (options.Value.Preload)
            foreach (ModelManifest model in models.Models)
                try
                {
                    using ModelLease lease = models.Rent(model.Name, model.Version, stoppingToken);
                    state.Device = lease.Model.Device;
                }
                catch (OperationCanceledException)
                {
                    return;
                }
#pragma warning disable CA1031 // One package that breaks shall not end the process.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    state.Failed++;
                    Log.ModelNotLoaded(logger, model.Name, model.Version, (failure as SegmentationException)?.Code ?? ErrorCode.ModelFailed);
                }
        state.Loaded = true;
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
