using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Planning;

/// <summary>fingerprint.json; docs/schemas/fingerprint.schema.json.</summary>
internal static class FingerprintFile
{
    private static readonly JsonSerializerOptions Indented = new(SegmentationOptions.Json) { WriteIndented = true };
    private static readonly OptionsReader<DatasetFingerprint> Reader = new("fingerprint.schema.json", "numbers of the fingerprint", _ => { });

    /// <summary>Writes a file.</summary>
    public static void Write(string path, DatasetFingerprint fingerprint) => File.WriteAllText(path, JsonSerializer.Serialize(fingerprint, Indented) + "\n");

    /// <summary>Reads a file strictly by the schema.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: no such file, unknown keys or values that are not
    /// allowed; all are named.</exception>
    public static DatasetFingerprint Read(string path) => Reader.Read(path);
}
