using System.Text.Json.Nodes;

namespace MedISeg.Inference.Options;

/// <summary>An inference trick or post-processor, described for people and programs.</summary>
/// <param name="Key">Where it is set in an options object; a post-processor's is <c>postprocessing[op]</c>.</param>
/// <param name="Kind">preprocessing, sliding-window, test-time-augmentation, ensemble, output or postprocessing.</param>
/// <param name="PaperName">Name in the MedISeg paper and its code; null where it has none.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Schema">JSON Schema of the value, self-contained.</param>
/// <param name="Default">Built-in default; null: none.</param>
public sealed record Trick(string Key, string Kind, string? PaperName, string Description, JsonNode Schema, JsonNode? Default);
