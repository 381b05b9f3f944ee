using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Inference.Schemas;

namespace MedISeg.Inference.Models;

/// <summary>Reads a package's model.json: first against docs/schemas/model.schema.json, then what a schema cannot say.</summary>
public static class ManifestReader
{
    /// <summary>Name of the manifest in a package's folder.</summary>
    public const string FileName = "model.json";

    private const long MaxBytes = 1 << 20;

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.ModelFailed"/>, with one entry a faulty key.</exception>
    public static ModelManifest Read(string folder)
    {
        FileInfo file = new(Path.Combine(folder, FileName));
        if (!file.Exists) throw new SegmentationException(ErrorCode.ModelFailed, $"The package has no {FileName}.");
        if (file.Length > MaxBytes) throw new SegmentationException(ErrorCode.ModelFailed, $"The package's {FileName} is longer than {MaxBytes} bytes.");
        try
        {
            return Parse(File.ReadAllText(file.FullName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SegmentationException(ErrorCode.ModelFailed, $"The package's {FileName} cannot be read.", e);
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static ModelManifest Parse(string json)
    {
        using JsonDocument? document = JsonDocuments.TryParse(json, out SchemaFault? fault);
        IReadOnlyList<SchemaFault> faults = document is null ? [fault!] : JsonSchemaChecker.Model.Check(document.RootElement);
        if (faults.Count > 0) throw Failure([.. faults.Select(f => new KeyError(f.Key, f.Message))]);
        ModelManifest manifest;
        try
        {
            if (document!.RootElement.TryGetProperty("defaults", out JsonElement defaults) && defaults.ValueKind == JsonValueKind.Object)
                OptionsReader.Parse(defaults);
            manifest = document.RootElement.Deserialize<ModelManifest>(SegmentationOptions.Json)!;
        }
        catch (SegmentationException e)
        {
            throw Failure([.. e.Errors.Select(error => error with { Key = $"defaults.{error.Key}".TrimEnd('.') })]);
        }
        catch (JsonException e)
        {
            throw Failure([new KeyError((e.Path ?? "").TrimStart('$').TrimStart('.'), "has a value out of range")]);
        }
        List<KeyError> errors = ManifestValidator.Check(manifest);
        if (errors.Count > 0) throw Failure(errors);
        CheckDefaults(manifest);
        return manifest;
    }

    private static void CheckDefaults(ModelManifest manifest)
    {
        try
        {
            EffectiveOptions.Create(null, manifest, null);
        }
        catch (SegmentationException e)
        {
            throw Failure([.. e.Errors.Select(error => error with { Key = $"defaults.{error.Key}" })]);
        }
    }

    private static SegmentationException Failure(IReadOnlyList<KeyError> errors) =>
        new(ErrorCode.ModelFailed, $"The package's {FileName} is not valid. {OptionFaults.Sentence(errors)}", errors);
}
