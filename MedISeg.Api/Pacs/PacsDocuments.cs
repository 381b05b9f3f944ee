using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedISeg.Api.Pacs;

/// <summary>A series of a PACS that is to be segmented.</summary>
/// <param name="StudyInstanceUid">UID of the study.</param>
/// <param name="SeriesInstanceUid">UID of the series.</param>
/// <param name="Model">`name` or `name@version`; may be left out where there is only one.</param>
/// <param name="Options">Options; GET /v1/tricks lists them.</param>
/// <param name="Store">Whether the segmentation is stored in the PACS.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PacsRequest(string? StudyInstanceUid, string? SeriesInstanceUid, string? Model = null, JsonElement? Options = null, bool Store = true);

/// <summary>The configured PACS.</summary>
/// <param name="Items">Their names.</param>
public sealed record PacsListDocument(IReadOnlyList<string> Items);
