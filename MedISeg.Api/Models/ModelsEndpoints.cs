using MedISeg.Api.Segmentations;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using Microsoft.AspNetCore.Mvc;

namespace MedISeg.Api.Models;

/// <summary>Packages that can be asked for.</summary>
internal static class ModelsEndpoints
{
    /// <summary>Maps <c>/v1/models</c>.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/v1/models").WithTags("Models");
        group.MapGet("", List).WithName("listModels");
        group.MapGet("/{name}", Newest).WithName("getModel");
        group.MapGet("/{name}/{version}", Get).WithName("getModelVersion");
    }

    private static IResult List([FromServices] ModelCatalog models) =>
        Results.Json(new ModelListDocument([.. models.Models.Select(ModelSummary.Of)]), SegmentationOptions.Json);

    private static IResult Newest([FromServices] ModelChoice choice, string name) =>
        Results.Json(choice.Find(name, null), SegmentationOptions.Json);

    private static IResult Get([FromServices] ModelChoice choice, string name, string version) =>
        Results.Json(choice.Find(name, version), SegmentationOptions.Json);
}
