using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Schemas;

namespace MedISeg.Inference.Options;

/// <summary>Reads options strictly: unknown keys, wrong values and keys given twice are errors that name the key and what is allowed.</summary>
public static class OptionsReader
{
    /// <summary>Longest options document, characters.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads options.</summary>
    /// <param name="json">A JSON object as docs/schemas/options.schema.json says; all keys may be absent or null.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.UnknownOption"/>: a key that is not known, with the nearest one;
    /// <see cref="ErrorCode.InvalidOption"/>: a value that is not allowed. All faults are listed.</exception>
    public static SegmentationOptions Parse(string json)
    {
        if (json.Length > MaxLength)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The options are longer than {MaxLength} characters; shorten them.");
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        return document is null ? throw Failure([fault!]) : Parse(document.RootElement);
    }

    /// <summary>Reads options from a parsed document.</summary>
    /// <inheritdoc cref="Parse(string)" path="/exception"/>
    public static SegmentationOptions Parse(JsonElement root)
    {
        IReadOnlyList<SchemaFault> faults = JsonSchemaChecker.Options.Check(root);
        if (faults.Count > 0) throw Failure(faults);
        try
        {
            return root.Deserialize<SegmentationOptions>(SegmentationOptions.Json)!;
        }
        catch (JsonException e)
        {
            // What the schema cannot say, such as a whole number beyond 64 bits.
            throw Failure([new SchemaFault((e.Path ?? "").TrimStart('$').TrimStart('.'), "has a value out of range", false)]);
        }
    }

    private static SegmentationException Failure(IReadOnlyList<SchemaFault> faults)
    {
        ErrorCode code = faults.Any(f => f.IsUnknownKey) ? ErrorCode.UnknownOption : ErrorCode.InvalidOption;
        KeyError[] errors = [.. faults.Select(f => new KeyError(f.Key, f.Message))];
        return new SegmentationException(code, OptionFaults.Sentence(errors), errors);
    }
}
