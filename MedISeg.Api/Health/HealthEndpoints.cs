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
        List<string> reasons = [];
        int queued = 0;
        try
        {
            queued = await store.CountQueuedAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is DbException or RetryLimitExceededException)
        {
            reasons.Add("The job store does not answer.");
        }
        if (models.Models.Count == 0) reasons.Add("There are no models; set Models:Root.");
        else if (!state.Loaded) reasons.Add("The models are being loaded.");
        else if (state.Failed > 0 && state.Failed == models.Models.Count(model => jobs.Value.Serves(model.Name))) reasons.Add("No model can be loaded; the log says why.");
        if (!worker.IsAlive) reasons.Add("The worker does not run.");
        if (!files.IsWritable()) reasons.Add("The data folder cannot be written; check Data:Root and the free space.");
        if (lifetime.ApplicationStopping.IsCancellationRequested) reasons.Add("The service is stopping.");
        bool ready = reasons.Count == 0;
        return TypedResults.Json(
            new ReadyDocument(ready ? "ready" : "not-ready", reasons, state.Device, models.Models.Count, queued), ApiJson.Options,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
