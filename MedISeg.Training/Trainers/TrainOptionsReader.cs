using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using NJsonSchema;

namespace MedISeg.Training.Trainers;

/// <summary>Reads training options strictly by docs/schemas/train.schema.json.</summary>
internal static class TrainOptionsReader
{
    private static readonly Lazy<JsonSchema> Schema = new(() =>
    {
        using Stream stream = typeof(TrainOptionsReader).Assembly.GetManifestResourceStream("train.schema.json")
            ?? throw new InvalidOperationException("The assembly lacks train.schema.json.");
        using StreamReader reader = new(stream);
        return JsonSchema.FromJsonAsync(reader.ReadToEnd()).GetAwaiter().GetResult();
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values out of range; all are named.</exception>
    public static TrainOptions Read(string path)
    {
        if (!File.Exists(path)) throw new SegmentationException(ErrorCode.InvalidOption, "The training options file does not exist; name another one.");
        return Parse(File.ReadAllText(path));
    }

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static TrainOptions Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            KeyError[] errors = [.. Schema.Value.Validate(json).Select(e => new KeyError((e.Path ?? "").TrimStart('#', '/'), Sentence(e)))];
            if (errors.Length > 0)
                throw new SegmentationException(ErrorCode.InvalidOption,
                    $"The training options do not fit the schema: {string.Join("; ", errors.Select(e => $"{e.Key} {e.Message}"))}.", errors);
            TrainOptions options = document.RootElement.Deserialize<TrainOptions>(SegmentationOptions.Json)!;
            options.Check();
            return options;
        }
        catch (JsonException e)
        {
            throw new SegmentationException(ErrorCode.InvalidOption,
                $"The training options are not the JSON that is needed near {e.Path ?? "the start"}, line {e.LineNumber + 1}.", e);
        }
    }

    private static string Sentence(NJsonSchema.Validation.ValidationError error) => error.Kind switch
    {
        NJsonSchema.Validation.ValidationErrorKind.NoAdditionalPropertiesAllowed =>
            $"is not known (allowed: {string.Join(", ", error.Schema.ActualSchema.ActualProperties.Keys)})",
        NJsonSchema.Validation.ValidationErrorKind.PropertyRequired => "is missing",
        NJsonSchema.Validation.ValidationErrorKind.NotInEnumeration =>
            $"must be one of {string.Join(", ", error.Schema.ActualSchema.Enumeration.Where(e => e is not null))}",
        NJsonSchema.Validation.ValidationErrorKind.NumberTooSmall or NJsonSchema.Validation.ValidationErrorKind.NumberTooBig =>
            $"is out of range ({Range(error.Schema.ActualSchema)})",
        _ => $"is not valid ({error.Kind})",
    };

    private static string Range(JsonSchema schema)
    {
        string low = schema.ExclusiveMinimum is { } above ? $"above {above}" : schema.Minimum is { } from ? $"at least {from}" : "";
        string high = schema.ExclusiveMaximum is { } below ? $"below {below}" : schema.Maximum is { } to ? $"at most {to}" : "";
        return low.Length > 0 && high.Length > 0 ? $"{low} and {high}" : low + high;
    }
}
