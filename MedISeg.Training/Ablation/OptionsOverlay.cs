using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MedISeg.Training.Ablation;

/// <summary>Changes of JSON options: an object changes the keys that it names, anything else replaces.</summary>
internal static class OptionsOverlay
{
    /// <summary>An object that says one of these keys replaces the whole object: the other keys belong to the kind that was there.</summary>
    private static readonly string[] Choices = ["kind", "name", "op", "placement"];

    /// <summary>A copy of <paramref name="lower"/> with what <paramref name="upper"/> says.</summary>
    public static JsonObject Merge(JsonObject lower, JsonObject upper)
    {
        JsonObject merged = lower.DeepClone().AsObject();
        foreach ((string key, JsonNode? value) in upper)
            merged[key] = value is JsonObject change && !IsChoice(change) && merged[key] is JsonObject there ? Merge(there, change) : value?.DeepClone();
        return merged;
    }

    /// <summary>Whether both say different things of one key.</summary>
    public static bool Conflict(JsonObject first, JsonObject second) => second.Any(pair =>
        first.TryGetPropertyValue(pair.Key, out JsonNode? there) && (there, pair.Value) switch
        {
            (JsonObject a, JsonObject b) when !IsChoice(a) && !IsChoice(b) => Conflict(a, b),
            (JsonObject a, JsonObject b) when IsChoice(a) != IsChoice(b) => true,
            _ => !JsonNode.DeepEquals(there, pair.Value),
        });

    /// <summary>Short hash of a value that does not depend on the order of keys.</summary>
    public static string Hash(JsonNode? node)
    {
        StringBuilder text = new();
        Append(text, node);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..10];
    }

    private static bool IsChoice(JsonObject value) => Choices.Any(value.ContainsKey);

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                text.Append('{');
                foreach ((string key, JsonNode? value) in o.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    text.Append(JsonValue.Create(key).ToJsonString()).Append(':');
                    Append(text, value);
                    text.Append(',');
                }
                text.Append('}');
                break;
            case JsonArray a:
                text.Append('[');
                foreach (JsonNode? item in a)
                {
                    Append(text, item);
                    text.Append(',');
                }
                text.Append(']');
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }
}
