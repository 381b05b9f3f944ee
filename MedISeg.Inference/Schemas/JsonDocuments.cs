using System.Globalization;
using System.Text.Json;

namespace MedISeg.Inference.Schemas;

/// <summary>Strict reading of JSON: no comments, no trailing commas, no key twice, bounded depth.</summary>
internal static class JsonDocuments
{
    private const int MaxDepth = 16;

    /// <summary>Parses a text; the caller disposes the document.</summary>
    /// <param name="json">The text.</param>
    /// <param name="fault">Where the text stops being JSON; null where it is JSON.</param>
    public static JsonDocument? TryParse(string json, out SchemaFault? fault)
    {
        try
        {
            fault = null;
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException e)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            fault = new SchemaFault("", $"must be JSON of at most {MaxDepth} levels; it is not at {place}", false);
            return null;
        }
    }

    /// <summary>Adds a fault for every key that an object holds twice and every number beyond 64 bits.</summary>
    public static void FindFaults(JsonElement element, string path, List<SchemaFault> faults)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            HashSet<string> seen = [];
            foreach (JsonProperty property in element.EnumerateObject())
            {
                string key = path.Length == 0 ? property.Name : path + "." + property.Name;
                if (!seen.Add(property.Name)) faults.Add(new SchemaFault(key, "is given twice; give it once", false));
                FindFaults(property.Value, key, faults);
            }
        }
        else if (element.ValueKind == JsonValueKind.Number)
        {
            bool whole = !element.GetRawText().AsSpan().ContainsAny(".eE");
            bool fits = whole ? element.TryGetInt64(out _) : element.TryGetDouble(out double value) && double.IsFinite(value);
            if (!fits) faults.Add(new SchemaFault(path, "has a value out of range", false));
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray()) FindFaults(item, $"{path}[{index++}]", faults);
        }
    }

    /// <summary>The value at a path as short text for a message; null where the path leads nowhere.</summary>
    public static string? ValueAt(JsonElement root, string path)
    {
        JsonElement element = root;
        foreach (string part in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part[0] == '[')
            {
                int index = int.Parse(part.AsSpan(1, part.Length - 2), CultureInfo.InvariantCulture);
                if (element.ValueKind != JsonValueKind.Array || index >= element.GetArrayLength()) return null;
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element)) return null;
        }
        const int Longest = 60;
        string text = element.GetRawText();
        return text.Length <= Longest ? text : text[..Longest] + "...";
    }
}
