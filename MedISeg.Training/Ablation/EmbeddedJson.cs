using System.Text.Json;
using MedISeg.Inference.Options;

namespace MedISeg.Training.Ablation;

/// <summary>Reads the data files beside this class, which lie in the assembly.</summary>
internal static class EmbeddedJson
{
    /// <summary>Reads a file.</summary>
    /// <param name="name">File name.</param>
    public static T Read<T>(string name)
    {
        using Stream stream = typeof(EmbeddedJson).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly lacks {name}.");
        return JsonSerializer.Deserialize<T>(stream, SegmentationOptions.Json)!;
    }
}
