using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;

namespace MedISeg.Training.Ablation;

/// <summary>Reads plans strictly by docs/schemas/ablate.schema.json.</summary>
internal static class AblationPlanReader
{
    private static readonly Lazy<JsonSchemaChecker> Schema = new(() => new JsonSchemaChecker(Resource("ablate.schema.json")));

    /// <summary>Reads a file.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no such file, unknown keys or values that are not
    /// allowed; all are named.</exception>
    public static AblationPlan Read(string path)
    {
        if (!File.Exists(path)) throw new SegmentationException(ErrorCode.InvalidOption, "The file of --plan does not exist; name another one.");
        return Parse(File.ReadAllText(path)) with { Folder = Path.GetDirectoryName(Path.GetFullPath(path))! };
    }

    /// <summary>Reads a text; paths start from the working folder.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static AblationPlan Parse(string json)
    {
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        IReadOnlyList<SchemaFault> faults = document is null ? [fault!] : Schema.Value.Check(document.RootElement);
        if (faults.Count > 0) throw Failure([.. faults.Select(f => new KeyError(f.Key, f.Message))]);
        AblationPlan plan;
        try
        {
            plan = document!.RootElement.Deserialize<AblationPlan>(SegmentationOptions.Json)!;
        }
        catch (JsonException e)
        {
            // What the schema cannot say, such as a whole number beyond 32 bits.
            throw Failure([new KeyError((e.Path ?? "").TrimStart('$').TrimStart('.'), "has a value out of range")]);
        }
        if (plan is { Steps: not null, Minutes: not null }) throw Failure([new KeyError("minutes", "excludes steps; give one of them")]);
        if (plan.Tricks.Count + plan.Rows.Count == 0) throw Failure([new KeyError("tricks", "is empty, as is rows; name at least one trick to compare")]);
        return plan;
    }

    /// <summary>The text of an embedded file.</summary>
    internal static string Resource(string name)
    {
        using Stream stream = typeof(AblationPlanReader).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks {name}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    private static SegmentationException Failure(KeyError[] errors) =>
        new(ErrorCode.InvalidOption, $"The plan is not valid. {OptionFaults.Sentence(errors)}", errors);
}
