using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;

namespace MedISeg.Training.Trainers;

/// <summary>Reads a JSON document strictly by one of the schemas that lie in this assembly.</summary>
/// <typeparam name="T">What the document becomes.</typeparam>
/// <param name="resource">Name of the schema.</param>
/// <param name="subject">What the document is, for messages: The training options.</param>
internal sealed class SchemaReader<T>(string resource, string subject)
{
    private readonly Lazy<JsonSchemaChecker> _schema = new(() =>
    {
        using Stream stream = typeof(SchemaReader<T>).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks {resource}.");
        using StreamReader reader = new(stream);
        return new JsonSchemaChecker(reader.ReadToEnd());
    });

    /// <summary>Reads a text.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public T Parse(string json)
    {
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        IReadOnlyList<SchemaFault> faults = document is null ? [fault!] : _schema.Value.Check(document.RootElement);
        if (faults.Count > 0) throw Failure(faults);
        try
        {
            return document!.RootElement.Deserialize<T>(SegmentationOptions.Json)!;
        }
        catch (JsonException e)
        {
            // What the schema cannot say, such as a whole number beyond 32 bits.
            throw Failure([new SchemaFault((e.Path ?? "").TrimStart('$').TrimStart('.'), "has a value out of range", false)]);
        }
    }

    private SegmentationException Failure(IReadOnlyList<SchemaFault> faults)
    {
        KeyError[] errors = [.. faults.Select(f => new KeyError(f.Key, f.Message))];
        return new SegmentationException(ErrorCode.InvalidOption, $"{subject} are not valid. {OptionFaults.Sentence(errors)}", errors);
    }
}
