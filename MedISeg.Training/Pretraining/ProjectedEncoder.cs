using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;
using static TorchSharp.torch;

namespace MedISeg.Training.Pretraining;

/// <summary>A network's encoder, the mean over all places of its deepest level, and two sums with a rectifier between them.</summary>
/// <remarks>Source: SimCLR and MoCo v2, whose projection heads are alike.</remarks>
internal sealed class ProjectedEncoder
{
    private readonly IEncoderNetwork _network;
    private readonly LinearLayer _wide, _narrow;

    /// <summary>Lays out the sums.</summary>
    /// <param name="network">Gives the encoder.</param>
    /// <param name="projection">Numbers an image.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the network has no encoder of convolutions apart.</exception>
    public ProjectedEncoder(Network network, int projection)
    {
        _network = network as IEncoderNetwork ?? throw new SegmentationException(ErrorCode.InvalidOption,
            "simclr and moco-v2 train the encoders of u-net, genesis-u-net, res-u-net-* and dense-u-net-*; take mae for vit-u-net-*, or another network.kind.");
        _wide = new LinearLayer("projection.0", _network.EncoderWidth, _network.EncoderWidth);
        _narrow = new LinearLayer("projection.2", _network.EncoderWidth, projection);
        Encoder = network.EncoderParameters;
        Parameters = [.. Encoder, .. _wide.Parameters(), .. _narrow.Parameters()];
    }

    /// <summary>Tensors of the encoder.</summary>
    public IReadOnlyList<ParameterInfo> Encoder { get; }

    /// <summary>Tensors of encoder and sums.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>[batch, channels, spatial] to [batch, projection], each row of length 1.</summary>
    public Tensor Run(TorchOps ops, Tensor images)
    {
        Tensor deepest = _network.Encode(ops, ops.Arrange(images));
        Tensor mean = deepest.flatten(2).mean([2]);
        Tensor rows = ContrastLosses.Normalised(ops.Linear(ops.Activation(ops.Linear(mean, _wide), 0), _narrow));
        GC.KeepAlive(deepest);
        GC.KeepAlive(mean);
        return rows;
    }
}
