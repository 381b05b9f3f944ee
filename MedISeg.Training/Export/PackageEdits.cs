using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Inference.Models;
using MedISeg.Inference.Options;
using MedISeg.Training.Runtime;

namespace MedISeg.Training.Export;

/// <summary>Changes the manifest of a package that is there.</summary>
internal static class PackageEdits
{
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };

    /// <summary>Replaces the default post-processing in model.json; all else stays.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="steps">Steps in order; empty: none.</param>
    /// <exception cref="Imaging.Errors.SegmentationException">ModelFailed: the manifest is not valid, before or with the steps; nothing is written.</exception>
    public static void SetPostprocessing(string folder, IReadOnlyList<PostprocessingStep> steps) => Change(folder, manifest =>
    {
        if (manifest["defaults"] is not JsonObject defaults) manifest["defaults"] = defaults = [];
        defaults["postprocessing"] = JsonSerializer.SerializeToNode(steps, SegmentationOptions.Json);
    });

    /// <summary>Replaces the calibration in model.json; all else stays.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="calibration">Temperature, and how it was found.</param>
    /// <inheritdoc cref="SetPostprocessing" path="/exception"/>
    public static void SetCalibration(string folder, ModelCalibration calibration) =>
        Change(folder, manifest => manifest["calibration"] = JsonSerializer.SerializeToNode(calibration, SegmentationOptions.Json));

    private static void Change(string folder, Action<JsonObject> change)
    {
        ManifestReader.Read(folder);
        string path = Path.Combine(folder, ManifestReader.FileName);
        JsonObject manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(manifest);
        string json = manifest.ToJsonString(Indented) + "\n";
        ManifestReader.Parse(json);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(json)));
    }
}
