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
    /// are named. Or nobody's weights, or not those of this source, fit this kind of network.</exception>
    public static (WeightsSource Source, IReadOnlyDictionary<string, float[]> Tensors) Match(
        Network network, IReadOnlyDictionary<string, NamedTensor> tensors, WeightsSource? source)
    {
        IReadOnlyDictionary<string, ForeignTensor> wanted = EncoderOf(network).ToDictionary(
            parameter => parameter.Name, parameter => new ForeignTensor(parameter, network.Options));
        (WeightsSource Source, List<KeyError> Missing)? nearest = null;
        foreach (WeightsSource candidate in SourcesOf(network.Options.Kind, source))
            foreach (string prefix in candidate.Prefixes)
            {
                List<KeyError> missing = [.. wanted.Values.Select(one => one.Fault(tensors, prefix)).OfType<KeyError>().DistinctBy(fault => fault.Key)];
                if (missing.Count == 0) return (candidate, wanted.ToDictionary(one => one.Key, one => one.Value.Take(tensors[prefix + one.Value.Name])));
                if (nearest is null || missing.Count < nearest.Value.Missing.Count) nearest = (candidate, missing);
            }
        (WeightsSource nearestSource, List<KeyError> faults) = nearest!.Value;
        int names = wanted.Values.Select(one => one.Name).Distinct().Count();
        throw new SegmentationException(ErrorCode.InvalidOption,
            $"{names - faults.Count} of the encoder's {names} tensors match, read as {nearestSource.Name}; all of them must. " +
            "Take weights of the same network and number of input channels, or name another --source. " +
            $"The first that do not match: {string.Join(" ", faults.Take(MostNamed).Select(fault => $"{fault.Key}: {fault.Message}"))}",
            faults);
    }

    /// <summary>The tensors that published weights fill: a ResNet without its classifier, a vision transformer, or the whole 3-D U-Net without
    /// its head.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: nobody publishes weights for this kind of network.</exception>
    public static IReadOnlyList<ParameterInfo> EncoderOf(Network network) => FamilyOf(network.Options.Kind) switch
    {
        EncoderFamily.None => throw new SegmentationException(ErrorCode.InvalidOption,
            "Weights are imported for networks with a ResNet encoder, for vit-u-net-b-16 and vit-u-net-l-16, and for the 3-D U-Net of Models " +
            "Genesis; choose one of them as network.kind, or make weights by the verb pretrain."),
        EncoderFamily.ModelsGenesis => network.BodyParameters,
        _ => network.EncoderParameters,
    };

    private static WeightsSource[] SourcesOf(NetworkKind kind, WeightsSource? source)
    {
        EncoderFamily family = FamilyOf(kind);
        WeightsSource[] fitting = [.. WeightsSource.All.Where(known => known.Families.HasFlag(family))];
        if (source is null) return fitting;
        return fitting.Contains(source) ? [source] : throw new SegmentationException(ErrorCode.InvalidOption,
            $"Weights of {source.Name} are not for this kind of network; name one of {string.Join(", ", fitting.Select(known => known.Name))} as --source.");
    }

    private static EncoderFamily FamilyOf(NetworkKind kind) => kind switch
    {
        >= NetworkKind.ResUNet18 and <= NetworkKind.ResUNet152 => EncoderFamily.ResNet,
        NetworkKind.VitUNetB16 or NetworkKind.VitUNetL16 => EncoderFamily.VisionTransformer,
        NetworkKind.GenesisUNet => EncoderFamily.ModelsGenesis,
        _ => EncoderFamily.None,
    };
}
