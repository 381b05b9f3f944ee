using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedISeg.Api.Pacs;

/// <summary>A series of a PACS that is to be segmented, or several as the channels of one image.</summary>
/// <param name="StudyInstanceUid">UID of the study.</param>
/// <param name="SeriesInstanceUid">UID of the series; of a model of several channels `channels` instead.</param>
/// <param name="Model">`name` or `name@version`; may be left out where there is only one.</param>
/// <param name="Options">Options; GET /v1/tricks lists them.</param>
/// <param name="Store">Whether the segmentation is stored in the PACS.</param>
/// <param name="Channels">UID of the series of each channel, by the channel's name; the segmentation lies on the model's first one.</param>
/// <param name="Notify">Names of webhooks that are told when the job has ended.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PacsRequest(
    string? StudyInstanceUid, string? SeriesInstanceUid = null, string? Model = null, JsonElement? Options = null, bool Store = true,
    IReadOnlyDictionary<string, string>? Channels = null, IReadOnlyList<string>? Notify = null);

/// <summary>The configured PACS.</summary>
/// <param name="Items">Their names.</param>
public sealed record PacsListDocument(IReadOnlyList<string> Items);
