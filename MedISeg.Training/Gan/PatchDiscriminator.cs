using MedISeg.Training.Networks;

namespace MedISeg.Training.Gan;

/// <summary>Judges each part of an image under its mask: strided convolutions with instance normalisation and leaky rectification, one score a
/// part; 1 for real, 0 for made.</summary>
/// <remarks>Source: P. Isola et al. 2017 (PatchGAN), with kernels of 3.</remarks>
internal sealed class PatchDiscriminator
{
    private const double Slope = 0.2;
    private readonly List<(ConvLayer Conv, NormLayer? Norm)> _units = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <param name="dimensions">2 or 3.</param>
    /// <param name="channels">Channels of mask and image together.</param>
    /// <param name="features">Channels of each strided convolution.</param>
    public PatchDiscriminator(int dimensions, int channels, IReadOnlyList<int> features)
    {
        for (int n = 0; n < features.Count; n++)
        {
            _units.Add((
                ConvLayer.Square($"discriminator.{n}", dimensions, channels, features[n], 3, stride: 2),
                n == 0 ? null : new NormLayer($"discriminator.{n}.norm", features[n], NormKind.Instance, Dimensions: dimensions)));
            channels = features[n];
        }
        _head = ConvLayer.Square("discriminator.head", dimensions, channels, 1, 3);
        Parameters = [.. _units.SelectMany(unit => unit.Conv.Parameters().Concat(unit.Norm?.Parameters() ?? [])), .. _head.Parameters()];
    }

    /// <summary>All tensors in a fixed order.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>Mask and image, joined along the channels, to scores: [batch, 1, spatial / 2^units].</summary>
    public T Run<T>(IOps<T> ops, T pair)
    {
        T value = pair;
        foreach ((ConvLayer conv, NormLayer? norm) in _units)
        {
            value = ops.Conv(value, conv);
            value = ops.Activation(norm is null ? value : ops.Norm(value, norm), Slope);
        }
        return ops.Conv(value, _head);
    }
}
