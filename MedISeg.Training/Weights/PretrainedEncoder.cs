using System.Security.Cryptography;
using System.Text.Json.Serialization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Weights;

/// <summary>Where a training's encoder came from; goes into the run's options and the package.</summary>
/// <param name="Source">Whose weights, one of <see cref="WeightsSource"/>.</param>
/// <param name="Sha256">Hash of the imported file, hexadecimal.</param>
public sealed record PretrainedEncoder([property: JsonRequired] string Source, [property: JsonRequired] string Sha256)
{
    private const string KindKey = "network", SourceKey = "source", HashKey = "sha256";

    /// <summary>Imports a file and writes the encoder's tensors under the network's own names.</summary>
    /// <param name="weights">File of <see cref="WeightsFile"/>.</param>
    /// <param name="network">Network that shall take them.</param>
    /// <param name="source">Whose file it is; null: found out.</param>
    /// <param name="output">Safetensors file to write.</param>
    /// <returns>What was imported, and the number of tensors.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: not all tensors match, or the file cannot be read.</exception>
    internal static (PretrainedEncoder Encoder, int Tensors) Import(string weights, Network network, WeightsSource? source, string output)
    {
        (WeightsSource found, IReadOnlyDictionary<string, float[]> tensors) = EncoderImport.Match(network, WeightsFile.Read(weights), source);
        PretrainedEncoder encoder = new(found.Name, HashOf(weights));
        SafeTensors.Write(output,
            [.. EncoderImport.EncoderOf(network).Select(parameter => (parameter.Name, parameter.Shape, (ReadOnlyMemory<float>)tensors[parameter.Name]))],
            new Dictionary<string, string> { [KindKey] = network.Options.Kind.ToString(), [SourceKey] = encoder.Source, [HashKey] = encoder.Sha256 });
        return (encoder, tensors.Count);
    }

    /// <summary>What a file that <see cref="Import"/> wrote says of itself.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it is no such file.</exception>
    internal static PretrainedEncoder Of(string path)
    {
        IReadOnlyDictionary<string, string> metadata = SafeTensors.Read(path).Metadata;
        return metadata.TryGetValue(SourceKey, out string? source) && metadata.TryGetValue(HashKey, out string? hash)
            ? new PretrainedEncoder(source, hash)
            : throw NoEncoder();
    }

    /// <summary>Fills the encoder of a network from a file that <see cref="Import"/> wrote.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it was written for another network, or is damaged.</exception>
    internal static void Load(string path, Network network, NetworkWeights weights)
    {
        IReadOnlyDictionary<string, float[]> tensors = SafeTensors.Read(path).Tensors;
        IReadOnlyList<ParameterInfo> encoder = EncoderImport.EncoderOf(network);
        if (encoder.Any(parameter => !tensors.TryGetValue(parameter.Name, out float[]? values) || values.Length != parameter.Count)) throw NoEncoder();
        foreach (ParameterInfo parameter in encoder) tensors[parameter.Name].CopyTo(weights.Values(parameter));
    }

    private static SegmentationException NoEncoder() => new(ErrorCode.InvalidOption,
        "The file of --encoder is not an encoder of this network; make it by the verb import-weights with the same --config.");

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
