using MedISeg.Inference.Options;

namespace MedISeg.Api.Models;

/// <summary>All packages' tricks.</summary>
/// <param name="Items">In the order of an options object.</param>
public sealed record TrickListDocument(IReadOnlyList<Trick> Items);

/// <summary>Inference tricks and post-processors.</summary>
internal static class TricksEndpoints
{
    /// <summary>Maps <c>/v1/tricks</c>.</summary>
    public static void MapTricks(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/tricks").WithTags("Models").MapGet("", List).WithName("listTricks");

    private static IResult List() => Results.Json(new TrickListDocument(TrickCatalog.All), SegmentationOptions.Json);
}
