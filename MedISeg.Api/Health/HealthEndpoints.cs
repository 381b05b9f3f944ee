using System.Data.Common;
using MedISeg.Api.Hosting;
using MedISeg.Api.Jobs;
using MedISeg.Api.Jobs.Store;
using MedISeg.Api.Options;
using MedISeg.Inference.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace MedISeg.Api.Health;

/// <summary>Signs of life for orchestrators.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps <c>/health</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapGet("/live", Live).WithName("live").Produces<LiveDocument>();
        group.MapGet("/ready", ReadyAsync).WithName("ready").Produces<ReadyDocument>().Produces<ReadyDocument>(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Says that the process runs</summary>
    private static JsonHttpResult<LiveDocument> Live() => TypedResults.Json(new LiveDocument("live"), ApiJson.Options);

    /// <summary>Says whether the service takes work, and why not</summary>
    private static async Task<JsonHttpResult<ReadyDocument>> ReadyAsync(
        HttpContext context, [FromServices] JobStore store, [FromServices] ModelCatalog models, [FromServices] JobWorker worker,
        [FromServices] JobFiles files, [FromServices] ModelState state, [FromServices] IOptions<JobOptions> jobs, [FromServices] IHostApplicationLifetime lifetime)
    {
        int queued = 0;
        string? storeFault = null;
        try
        {
            queued = await store.CountQueuedAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DbException or RetryLimitExceededException)
        {
            storeFault = "The job store does not answer.";
        }
        (string Name, string? Fault)[] checks =
        [
            ("store", storeFault),
            ("models", ModelFault(models, jobs.Value, state)),
            ("worker", worker.IsAlive ? null : "The worker does not run."),
            ("disk", files.IsWritable() ? null : "The data folder cannot be written; check Data:Root and the free space."),
            ("running", lifetime.ApplicationStopping.IsCancellationRequested ? "The service is stopping." : null),
        ];
        string[] reasons = [.. checks.Select(check => check.Fault).OfType<string>()];
        bool ready = reasons.Length == 0;
        ReadyDocument document = new(
            ready ? "ready" : "not-ready", reasons, checks.ToDictionary(check => check.Name, check => check.Fault is null, StringComparer.Ordinal),
            state.LeftOut(models), state.Device, models.Models.Count, queued);
        return TypedResults.Json(document, ApiJson.Options, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string? ModelFault(ModelCatalog models, JobOptions jobs, ModelState state) =>
        models.Models.Count == 0 ? "There are no models; set Models:Root."
        : !state.Loaded ? "The models are being loaded."
        : models.Models.Where(model => jobs.Serves(model.Name)).ToArray() is { Length: > 0 } served && served.All(state.HasFailed) ? "No model can be loaded; the log says why."
        : null;
}
