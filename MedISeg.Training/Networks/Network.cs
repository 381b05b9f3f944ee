using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>The layers of a network and its one forward; holds no tensors.</summary>
internal abstract class Network
{
    /// <summary>Keeps the description.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it has faults; each is named.</exception>
    protected Network(UNetOptions options)
    {
        IReadOnlyList<KeyError> errors = options.Check();
        if (errors.Count > 0)
            throw new SegmentationException(ErrorCode.InvalidOption, $"The network cannot be built: {errors[0].Key}: {errors[0].Message}", errors);
        Options = options;
    }

    /// <summary>The description.</summary>
    public UNetOptions Options { get; }

    /// <summary>All tensors in a fixed order.</summary>
    public abstract IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>Tensors of the encoder, which pre-training makes; empty: this kind of network has none apart.</summary>
    public virtual IReadOnlyList<ParameterInfo> EncoderParameters => [];

    /// <summary>Name of the last layer, whose outputs are the classes.</summary>
    public abstract string HeadName { get; }

    /// <summary>All tensors but those of the head.</summary>
    public IReadOnlyList<ParameterInfo> BodyParameters =>
        [.. Parameters.Where(parameter => !parameter.Name.StartsWith(HeadName + ".", StringComparison.Ordinal))];

    /// <summary>Lays out the network of a description.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: it has faults; each is named.</exception>
    public static Network Of(UNetOptions options) => options.Kind switch
    {
        NetworkKind.UNet => new UNet(options),
        NetworkKind.PlainUNet => new PlainUNet(options),
        NetworkKind.GenesisUNet => new GenesisUNet(options),
        NetworkKind.ResUNet18 or NetworkKind.ResUNet34 or NetworkKind.ResUNet50 or NetworkKind.ResUNet101 or NetworkKind.ResUNet152 =>
            new BackboneUNet(options, new ResNetEncoder(options)),
        _ when options.Kind.HasPositions() => new TransUNet(options),
        _ => new BackboneUNet(options, new DenseNetEncoder(options)),
    };

    /// <summary>Image to logits: shape [batch, channels, spatial] to [batch, classes, spatial]; sides multiples of the divisor.</summary>
    public abstract T Run<T>(IOps<T> ops, T image);
}
