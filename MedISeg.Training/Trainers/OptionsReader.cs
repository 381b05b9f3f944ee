using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;

namespace MedISeg.Training.Trainers;

/// <summary>Reads options strictly by one of the schemas of docs/schemas.</summary>
/// <typeparam name="T">The options.</typeparam>
/// <param name="schema">File name of the schema, embedded in this assembly.</param>
/// <param name="subject">What they are, such as "training options".</param>
/// <param name="check">Throws when values do not fit together.</param>
internal sealed class OptionsReader<T>(string schema, string subject, Action<T> check)
{
    private readonly Lazy<JsonSchemaChecker> _schema = new(() =>
    {
        using Stream stream = typeof(TrainOptions).Assembly.GetManifestResourceStream(schema)
            ?? throw new InvalidOperationException($"The assembly lacks {schema}.");
        using StreamReader reader = new(stream);
        return new JsonSchemaChecker(reader.ReadToEnd());
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: unknown keys or values that are not allowed; all are named.</exception>
    public T Read(string path)
    {
        if (!File.Exists(path)) throw new SegmentationException(ErrorCode.InvalidOption, $"The file of {subject} does not exist; name another one.");
        return Parse(File.ReadAllText(path));
    }

    /// <summary>Checks options that were changed after they were read, by the command line for instance.</summary>
    /// <returns>The same options.</returns>
    /// <inheritdoc cref="Read" path="/exception"/>
    public T Checked(T options) => Parse(JsonSerializer.Serialize(options, SegmentationOptions.Json));

    /// <summary>Reads a text.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public T Parse(string json)
    {
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        IReadOnlyList<SchemaFault> faults = document is null ? [fault!] : _schema.Value.Check(document.RootElement);
        if (faults.Count > 0) throw Failure(faults);
        try
        {
            T options = document!.RootElement.Deserialize<T>(SegmentationOptions.Json)!;
            check(options);
            return options;
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
        return new SegmentationException(ErrorCode.InvalidOption, $"The {subject} are not valid. {OptionFaults.Sentence(errors)}", errors);
    }
}
