using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Models;

/// <summary>Looks at the folder of models now and then, so that packages that somebody puts there are served without a restart.</summary>
internal sealed class ModelWatcher(ModelCatalog models, ModelState state, IOptions<ModelOptions> options, TimeProvider time, ILogger<ModelWatcher> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ScanInterval == TimeSpan.Zero) return;
        using PeriodicTimer timer = new(options.Value.ScanInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                // The worker loads what was there at the start.
                if (state.Loaded) await Task.Factory.StartNew(() => Look(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private void Look(CancellationToken stoppingToken)
    {
        try
        {
            models.Refresh(options.Value.Preload, stoppingToken);
        }
#pragma warning disable CA1031 // A folder that cannot be read for a while shall not end the service.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
        }
    }
}
