using NJsonSchema;

namespace MedISeg.Tests.Api;

/// <summary>The checked-in JSON schemas.</summary>
internal static class Schemas
{
    /// <summary>What a document violates of a schema; empty: nothing.</summary>
    public static IEnumerable<string> Faults(string schema, string json)
    {
        JsonSchema parsed = JsonSchema.FromJsonAsync(Text(schema + ".schema.json")).GetAwaiter().GetResult();
        return parsed.Validate(json).Select(error => error.ToString());
    }

    /// <summary>Text of a file of docs/schemas.</summary>
    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", name));
}
