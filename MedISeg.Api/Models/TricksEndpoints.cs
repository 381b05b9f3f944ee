using MedISeg.Api.Auth;
using MedISeg.Inference.Options;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedISeg.Api.Models;

/// <summary>All inference tricks and post-processors.</summary>
/// <param name="Items">In the order of an options object.</param>
public sealed record TrickListDocument(IReadOnlyList<Trick> Items);

/// <summary>Inference tricks and post-processors.</summary>
internal static class TricksEndpoints
{
    /// <summary>Maps <c>/v1/tricks</c>.</summary>
    public static void MapTricks(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/tricks").WithTags("Models").MapGet("", List).WithName("listTricks").Produces<TrickListDocument>().RequireScope(Scopes.Read);

    /// <summary>Lists the tricks that options switch on</summary>
    /// <remarks>Each with the JSON Schema of its value, its default, and its name in the MedISeg paper.</remarks>
    private static JsonHttpResult<TrickListDocument> List() =>
        TypedResults.Json(new TrickListDocument(TrickCatalog.All), SegmentationOptions.Json);
}
