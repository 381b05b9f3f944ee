using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using MedISeg.Training.Trainers;

namespace MedISeg.Training.Weights;

/// <summary>Where a training's encoder came from; goes into the run's options and the package.</summary>
/// <param name="Source">Whose weights, one of <see cref="WeightsSource"/>, or <c>pretrain:</c> and the method.</param>
/// <param name="Sha256">Hash of the imported file, or of the pre-trained values; hexadecimal.</param>
/// <param name="Images">Images of a pre-training; null: not known.</param>
public sealed record PretrainedEncoder(
    [property: JsonRequired] string Source, [property: JsonRequired] string Sha256, int? Images = null)
{
    private const string KindKey = "network", SourceKey = "source", HashKey = "sha256", ImagesKey = "images";

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
        encoder.Write(output, network.Options.Kind, EncoderImport.EncoderOf(network).Select(parameter => (parameter, tensors[parameter.Name])));
        return (encoder, tensors.Count);
    }

    /// <summary>Writes the tensors of a pre-trained network.</summary>
    /// <param name="path">Safetensors file to write.</param>
    /// <param name="kind">The network's kind.</param>
    /// <param name="source">How it was trained.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="parameters">The tensors that a training starts from.</param>
    /// <param name="weights">Holds their values.</param>
    internal static PretrainedEncoder Write(
        string path, NetworkKind kind, string source, int images, IReadOnlyList<ParameterInfo> parameters, NetworkWeights weights)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ParameterInfo parameter in parameters) hash.AppendData(MemoryMarshal.AsBytes(weights.Values(parameter)));
        PretrainedEncoder encoder = new(source, Convert.ToHexStringLower(hash.GetHashAndReset()), images);
        encoder.Write(path, kind, parameters.Select(parameter => (parameter, weights.Values(parameter).ToArray())));
        return encoder;
    }

    /// <summary>What a file that <see cref="Import"/> or the verb pretrain wrote says of itself.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it is no such file.</exception>
    internal static PretrainedEncoder Of(string path)
    {
        IReadOnlyDictionary<string, string> metadata = SafeTensors.Read(path).Metadata;
        int? images = metadata.TryGetValue(ImagesKey, out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int count) ? count : null;
        return metadata.TryGetValue(SourceKey, out string? source) && metadata.TryGetValue(HashKey, out string? hash)
            ? new PretrainedEncoder(source, hash, images)
            : throw NoEncoder();
    }

    /// <summary>Fills what a file of <see cref="Import"/> or of the verb pretrain holds of a network: its encoder, or all but its head.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it was written for another network, or is damaged.</exception>
    internal static void Load(string path, Network network, NetworkWeights weights)
    {
        IReadOnlyDictionary<string, float[]> tensors = SafeTensors.Read(path).Tensors;
        ParameterInfo[] taken = [.. network.BodyParameters.Where(parameter => tensors.ContainsKey(parameter.Name))];
        IReadOnlyList<ParameterInfo> needed = network.EncoderParameters.Count > 0 ? network.EncoderParameters : network.BodyParameters;
        if (taken.Length != tensors.Count || taken.Any(parameter => tensors[parameter.Name].Length != parameter.Count) || needed.Except(taken).Any())
            throw NoEncoder();
        foreach (ParameterInfo parameter in taken) tensors[parameter.Name].CopyTo(weights.Values(parameter));
    }

    private void Write(string path, NetworkKind kind, IEnumerable<(ParameterInfo Parameter, float[] Values)> tensors)
    {
        Dictionary<string, string> metadata = new() { [KindKey] = kind.ToString(), [SourceKey] = Source, [HashKey] = Sha256 };
        if (Images is { } images) metadata.Add(ImagesKey, images.ToString(CultureInfo.InvariantCulture));
        SafeTensors.Write(path, [.. tensors.Select(one => (one.Parameter.Name, one.Parameter.Shape, (ReadOnlyMemory<float>)one.Values))], metadata);
    }

    private static SegmentationException NoEncoder() => new(ErrorCode.InvalidOption,
        "The file of --encoder is not an encoder of this network; make it by the verb import-weights or pretrain with the same --config.");

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
