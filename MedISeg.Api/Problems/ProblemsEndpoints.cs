using System.Globalization;
using System.Text;
using MedISeg.Imaging.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MedISeg.Api.Problems;

/// <summary>Pages that explain a problem's type.</summary>
internal static class ProblemsEndpoints
{
    /// <summary>Maps <c>/problems</c>.</summary>
    public static void MapProblems(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/problems").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("", List);
        group.MapGet("/{code}", Page);
    }

    private static ContentHttpResult List() => TypedResults.Content(Html("Problems", Table()), "text/html", Encoding.UTF8);

    private static ContentHttpResult Page(string code)
    {
        // All text is ours: the code comes from the table, never from the address.
        ProblemKind kind = ProblemTable.Find(code)
            ?? throw new SegmentationException(ErrorCode.NotFound, "There is no problem of this name; /problems lists all.");
        string body = $"<p><code>{kind.Name}</code>, HTTP status {kind.Status}</p><p>{kind.Help}</p><p><a href=\"../problems\">All problems</a></p>";
        return TypedResults.Content(Html(kind.Title, body), "text/html", Encoding.UTF8);
    }

    private static string Table()
    {
        StringBuilder rows = new("<table><tr><th>Code</th><th>Status</th><th>Title</th></tr>");
        foreach (ProblemKind kind in ProblemTable.All)
            rows.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"problems/{kind.Name}\">{kind.Name}</a></td><td>{kind.Status}</td><td>{kind.Title}</td></tr>");
        return rows.Append("</table>").ToString();
    }

    private static string Html(string title, string body) =>
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>\n";
}
