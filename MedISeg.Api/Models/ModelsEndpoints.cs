using MedISeg.Api.Auth;
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
    }

    /// <summary>Lists the models</summary>
    /// <remarks>By name, then newest version first.</remarks>
    private static JsonHttpResult<ModelListDocument> List([FromServices] ModelCatalog models) =>
        TypedResults.Json(new ModelListDocument([.. models.Models.Select(ModelSummary.Of)]), SegmentationOptions.Json);

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
}
