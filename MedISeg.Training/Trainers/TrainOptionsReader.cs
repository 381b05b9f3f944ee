using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;

namespace MedISeg.Training.Trainers;

/// <summary>Reads training options strictly by docs/schemas/train.schema.json.</summary>
internal static class TrainOptionsReader
{
    private static readonly Lazy<JsonSchemaChecker> Schema = new(() =>
    {
        using Stream stream = typeof(TrainOptionsReader).Assembly.GetManifestResourceStream("train.schema.json")
            ?? throw new InvalidOperationException("The assembly lacks train.schema.json.");
        using StreamReader reader = new(stream);
        return new JsonSchemaChecker(reader.ReadToEnd());
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public static TrainOptions Read(string path)
    {
        if (!File.Exists(path)) throw new SegmentationException(ErrorCode.InvalidOption, "The training options file does not exist; name another one.");
        return Parse(File.ReadAllText(path));
    }

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static TrainOptions Parse(string json)
    {
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        IReadOnlyList<SchemaFault> faults = document is null ? [fault!] : Schema.Value.Check(document.RootElement);
        if (faults.Count > 0) throw Failure(faults);
        try
        {
            TrainOptions options = document!.RootElement.Deserialize<TrainOptions>(SegmentationOptions.Json)!;
            options.Check();
            return options;
        }
        catch (JsonException e)
        {
            // What the schema cannot say, such as a whole number beyond 32 bits.
            throw Failure([new SchemaFault((e.Path ?? "").TrimStart('$').TrimStart('.'), "has a value out of range", false)]);
        }
    }

    private static SegmentationException Failure(IReadOnlyList<SchemaFault> faults)
    {
        KeyError[] errors = [.. faults.Select(f => new KeyError(f.Key, f.Message))];
        return new SegmentationException(ErrorCode.InvalidOption, $"The training options are not valid. {OptionFaults.Sentence(errors)}", errors);
    }
}
