using System.Text.Json;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Problems;

/// <summary>One row of the problem table.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Title">One sentence, the same for every occurrence.</param>
/// <param name="Help">What to do about it, shown on the problem's page.</param>
public sealed record ProblemKind(ErrorCode Code, int Status, string Title, string Help)
{
    /// <summary>Kebab-case spelling of the code, e.g. <c>unknown-option</c>.</summary>
    public string Name { get; } = JsonNamingPolicy.KebabCaseLower.ConvertName(Code.ToString());

    /// <summary>Stable URI reference of the problem's page.</summary>
    public string Type => "/problems/" + Name;
}
