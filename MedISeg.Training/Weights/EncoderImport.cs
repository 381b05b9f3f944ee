using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Weights;

/// <summary>Brings somebody else's encoder into a network: every tensor of it, or none.</summary>
internal static class EncoderImport
{
    private const int MostNamed = 20;

    /// <summary>The encoder's tensors of a file under this network's names.</summary>
    /// <param name="network">Network that shall take them.</param>
    /// <param name="tensors">Content of the file.</param>
    /// <param name="source">Whose file it is; null: the first known source that fits.</param>
    /// <returns>The source that fitted, and a value for each of <see cref="EncoderOf"/>.</returns>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: a tensor is missing or has another shape; the first ones
    /// are named. Or nobody's weights fit this kind of network.</exception>
    public static (WeightsSource Source, IReadOnlyDictionary<string, float[]> Tensors) Match(
        Network network, IReadOnlyDictionary<string, NamedTensor> tensors, WeightsSource? source)
    {
        IReadOnlyList<ParameterInfo> wanted = EncoderOf(network);
        (WeightsSource Source, List<KeyError> Missing)? nearest = null;
        foreach (WeightsSource candidate in source is null ? WeightsSource.All : [source])
            foreach (string prefix in candidate.Prefixes)
            {
                List<KeyError> missing = [.. wanted.Select(parameter => Fault(parameter, prefix, tensors)).OfType<KeyError>()];
                if (missing.Count == 0) return (candidate, wanted.ToDictionary(parameter => parameter.Name, parameter => tensors[prefix + Bare(parameter)].Values));
                if (nearest is null || missing.Count < nearest.Value.Missing.Count) nearest = (candidate, missing);
            }
        (WeightsSource nearestSource, List<KeyError> faults) = nearest!.Value;
        throw new SegmentationException(ErrorCode.InvalidOption,
            $"{wanted.Count - faults.Count} of the encoder's {wanted.Count} tensors match, read as {nearestSource.Name}; all of them must. " +
            "Take weights of the same network and number of input channels, or name another --source. " +
            $"The first that do not match: {string.Join(" ", faults.Take(MostNamed).Select(fault => $"{fault.Key}: {fault.Message}"))}",
            faults);
    }

    /// <summary>The tensors that pre-trained weights fill: a ResNet without its classifier, or the whole 3-D U-Net without its head.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: this kind of network has none.</exception>
    public static IReadOnlyList<ParameterInfo> EncoderOf(Network network)
    {
        IReadOnlyList<ParameterInfo> encoder = network switch
        {
            GenesisUNet => [.. network.Parameters.Where(parameter => !parameter.Name.StartsWith("final.", StringComparison.Ordinal))],
            _ => [.. network.Parameters.Where(parameter => parameter.Name.StartsWith(ResNet, StringComparison.Ordinal))],
        };
        return encoder.Count > 0 ? encoder : throw new SegmentationException(ErrorCode.InvalidOption,
            "Weights are imported for networks with a ResNet encoder and for the 3-D U-Net of Models Genesis; choose one of them as network.kind.");
    }

    private const string ResNet = "resnet.";

    private static string Bare(ParameterInfo parameter) =>
        parameter.Name.StartsWith(ResNet, StringComparison.Ordinal) ? parameter.Name[ResNet.Length..] : parameter.Name;

    private static KeyError? Fault(ParameterInfo parameter, string prefix, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        string name = prefix + Bare(parameter);
        if (!tensors.TryGetValue(name, out NamedTensor? tensor)) return new KeyError(name, "missing.");
        return tensor.Shape.SequenceEqual(parameter.Shape)
            ? null
            : new KeyError(name, $"[{string.Join(", ", tensor.Shape)}] instead of [{string.Join(", ", parameter.Shape)}].");
    }
}
