using MedISeg.Api.Auth;
using MedISeg.Api.Hosting;
using MedISeg.Api.OpenApi;
using MedISeg.Api.Segmentations;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Models;

/// <summary>Packages that can be asked for.</summary>
internal static class ModelsEndpoints
{
    /// <summary>Maps <c>/v1/models</c>.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/models").WithTags("Models").RequireScope(Scopes.Read);
        group.MapGet("", List).WithName("listModels").Produces<ModelListDocument>();
        group.MapGet("/{name}", Newest).WithName("getModel").Produces<ModelManifest>().Fails(ErrorCode.UnknownModel);
        group.MapGet("/{name}/{version}", Get).WithName("getModelVersion").Produces<ModelManifest>().Fails(ErrorCode.UnknownModel);
        RouteGroupBuilder changes = routes.MapGroup("/v1/models").WithTags("Models").RequireScope(Scopes.ModelsWrite);
        changes.MapPut("/{name}/{version}", AddAsync).WithName("addModel").Accepts<IFormFile>("application/zip")
            .Produces<ModelSummary>(StatusCodes.Status201Created).Produces<ModelSummary>()
            .Fails(ErrorCode.EmptyBody, ErrorCode.UnsupportedMediaType, ErrorCode.TooLarge, ErrorCode.UnreadableArchive, ErrorCode.InvalidPackage, ErrorCode.ModelConflict)
            .WithMetadata(new DisableRequestSizeLimitAttribute()).DisableRequestTimeout();
        changes.MapDelete("/{name}/{version}", RemoveAsync).WithName("removeModel").Produces(StatusCodes.Status204NoContent)
            .Fails(ErrorCode.UnknownModel, ErrorCode.ModelConflict);
    }

    /// <summary>Lists the models</summary>
    /// <remarks>By name, then newest version first.</remarks>
    /// <param name="models">The models.</param>
    /// <param name="addresses">Addresses of the service.</param>
    private static JsonHttpResult<ModelListDocument> List([FromServices] ModelCatalog models, [FromServices] Addresses addresses) => TypedResults.Json(
        new ModelListDocument([.. models.Models.Select(model => ModelSummary.Of(model, models.Sha256Of(model.Name, model.Version), addresses))]), SegmentationOptions.Json);

    /// <summary>Shows the newest version of a model</summary>
    /// <remarks>The package's manifest as its model.json says it: classes, allowed views, default options, provenance.</remarks>
    /// <param name="models">The models.</param>
    /// <param name="name">Name of the model.</param>
    private static JsonHttpResult<ModelManifest> Newest([FromServices] ModelChoice models, string name) =>
        TypedResults.Json(models.Find(name, null), SegmentationOptions.Json);

    /// <summary>Shows one version of a model</summary>
    /// <remarks>The package's manifest as its model.json says it: classes, allowed views, default options, provenance.</remarks>
    /// <param name="models">The models.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="version">Version of the model.</param>
    private static JsonHttpResult<ModelManifest> Get([FromServices] ModelChoice models, string name, string version) =>
        TypedResults.Json(models.Find(name, version), SegmentationOptions.Json);

    /// <summary>Adds a version of a model</summary>
    /// <remarks>
    /// The body is a zip archive of the package's folder: `model.json`, its networks, and what else lies there. It is checked and runs one patch
    /// before it is served; then it is the newest version at once, unless `Models:Pins` names another, and jobs that run keep theirs. The same package
    /// sent again is 200. Needs the scope `models:write`.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="repository">The folder of models.</param>
    /// <param name="models">The models.</param>
    /// <param name="addresses">Addresses of the service.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="version">Version of the model.</param>
    private static async Task<JsonHttpResult<ModelSummary>> AddAsync(
        HttpContext context, [FromServices] ModelRepository repository, [FromServices] ModelCatalog models, [FromServices] Addresses addresses, string name, string version)
    {
        HttpRequest request = context.Request;
        if (request.ContentLength is 0) throw new SegmentationException(ErrorCode.EmptyBody, "Send the package's zip archive as the body of the request.");
        bool isNew = await repository.AddAsync(name, version, request.Body, context.RequestAborted).ConfigureAwait(false);
        ModelSummary summary = ModelSummary.Of(models.Find(name, version), models.Sha256Of(name, version), addresses);
        if (isNew) context.Response.Headers.Location = summary.Self;
        return TypedResults.Json(summary, SegmentationOptions.Json, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>Removes a version of a model</summary>
    /// <remarks>Jobs that run with it end as they would; those that wait for it fail. Needs the scope `models:write`.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="repository">The folder of models.</param>
    /// <param name="name">Name of the model.</param>
    /// <param name="version">Version of the model.</param>
    private static async Task<NoContent> RemoveAsync(HttpContext context, [FromServices] ModelRepository repository, string name, string version)
    {
        await repository.RemoveAsync(name, version, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
