using System.Text.Json;
using NJsonSchema;
using NJsonSchema.Validation;

namespace MedISeg.Inference.Schemas;

/// <summary>Compares a document with one of our embedded schemas and says what is wrong key by key.</summary>
internal sealed class JsonSchemaChecker
{
    private static readonly Lazy<JsonSchemaChecker> LazyOptions = new(() => new JsonSchemaChecker(ReadText("options.schema.json")));
    private static readonly Lazy<JsonSchemaChecker> LazyModel = new(() => new JsonSchemaChecker(ReadText("model.schema.json")));
    private readonly JsonSchema _schema;
    private readonly JsonSchemaValidator _validator = new();

    /// <summary>Makes a checker from the text of a schema that refers to nothing outside.</summary>
    public JsonSchemaChecker(string schema) =>
        // The parser is asynchronous in name only: nothing here is read from outside.
        _schema = JsonSchema.FromJsonAsync(schema).GetAwaiter().GetResult();

    /// <summary>docs/schemas/options.schema.json.</summary>
    public static JsonSchemaChecker Options => LazyOptions.Value;

    /// <summary>docs/schemas/model.schema.json.</summary>
    public static JsonSchemaChecker Model => LazyModel.Value;

    /// <summary>The text of an embedded schema.</summary>
    public static string ReadText(string resource)
    {
        using Stream stream = typeof(JsonSchemaChecker).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks {resource}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>All faults of a document; none where it fits.</summary>
    public IReadOnlyList<SchemaFault> Check(JsonElement root)
    {
        List<SchemaFault> faults = [];
        JsonDocuments.FindFaults(root, "", faults);
        if (faults.Count > 0) return faults;
        foreach (ValidationError error in _validator.Validate(root.GetRawText(), _schema)) Flatten(error, root, faults);
        return faults;
    }

    private static void Flatten(ValidationError error, JsonElement root, List<SchemaFault> faults)
    {
        switch (error)
        {
            case MultiTypeValidationError types:
                foreach (ValidationError child in types.Errors.First(pair => pair.Key != JsonObjectType.Null).Value)
                    Flatten(child, root, faults);
                return;
            case ChildSchemaValidationError { Kind: ValidationErrorKind.NotOneOf } choice:
                FlattenChoice(choice, root, faults);
                return;
            case ChildSchemaValidationError group:
                foreach (ValidationError child in group.Errors.SelectMany(pair => pair.Value)) Flatten(child, root, faults);
                return;
        }
        string key = Key(error);
        bool unknown = error.Kind == ValidationErrorKind.NoAdditionalPropertiesAllowed;
        string message = unknown
            ? SchemaMessages.UnknownKey(error.Property ?? key, [.. error.Schema.ActualProperties.Keys])
            : SchemaMessages.Describe(error, JsonDocuments.ValueAt(root, key));
        faults.Add(new SchemaFault(key, message, unknown));
    }

    /// <summary>Alternatives are told apart by their op: faults are those of the alternative whose op fits.</summary>
    private static void FlattenChoice(ChildSchemaValidationError choice, JsonElement root, List<SchemaFault> faults)
    {
        if (JsonDocuments.ValueAt(root, Key(choice)) is { } given && given[0] != '{')
        {
            faults.Add(new SchemaFault(Key(choice), $"must be an object; {given} was given", false));
            return;
        }
        string opKey = Key(choice) + ".op";
        foreach ((JsonSchema _, ICollection<ValidationError> errors) in choice.Errors)
        {
            if (errors.Count == 0 || errors.Any(e => Key(e) == opKey)) continue;
            foreach (ValidationError child in errors) Flatten(child, root, faults);
            return;
        }
        IEnumerable<string> ops = choice.Errors.Keys.SelectMany(
            schema => schema.ActualProperties.TryGetValue("op", out JsonSchemaProperty? op) ? op.ActualSchema.Enumeration : []).Select(o => $"{o}");
        faults.Add(new SchemaFault(opKey, SchemaMessages.OneOf(ops, JsonDocuments.ValueAt(root, opKey)), false));
    }

    private static string Key(ValidationError error) => (error.Path ?? "").TrimStart('#').TrimStart('/');
}
