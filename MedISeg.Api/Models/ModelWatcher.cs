using MedISeg.Api.Auth;
using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Inference.Models;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Models;

/// <summary>Looks at the folder of models now and then, so that packages that somebody puts there are served without a restart.</summary>
internal sealed class ModelWatcher(ModelCatalog models, ModelState state, AuditTrail audit, IOptions<ModelOptions> options, TimeProvider time, ILogger<ModelWatcher> logger) : BackgroundService
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
                if (state.Loaded) await LookAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            IReadOnlyList<ModelManifest> before = models.Models;
            // Minutes for large networks.
            await Task.Factory.StartNew(
                () => models.Refresh(options.Value.Preload, stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            IReadOnlyList<ModelManifest> after = models.Models;
            // One that was replaced is another object.
            foreach (ModelManifest gone in before.Except(after, ReferenceEqualityComparer.Instance).Cast<ModelManifest>()) await NoteAsync("dropModel", gone).ConfigureAwait(false);
            foreach (ModelManifest added in after.Except(before, ReferenceEqualityComparer.Instance).Cast<ModelManifest>()) await NoteAsync("serveModel", added).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A folder that cannot be read for a while shall not end the service.
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.WorkerFailed(logger, failure.GetType().Name, failure.StackTrace ?? "");
        }
    }

    private Task NoteAsync(string action, ModelManifest model) =>
        audit.AppendAsync(new AuditEntry(AuditEntry.Service, action, null, null, null, "") { Model = $"{model.Name}@{model.Version}" });
}
