using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Volumes;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Training.Networks;

/// <summary>Extra outputs of a network for deep supervision: a 1-voxel convolution on each value that the network enlarges, so on the
/// output of every decoder level but the finest, and of the deepest level. They live in training only and are never exported.</summary>
internal sealed class SideHeads
{
    private readonly ConvLayer[] _heads;

    private SideHeads(ConvLayer[] heads)
    {
        _heads = heads;
        Parameters = [.. heads.SelectMany(head => head.Parameters())];
    }

    /// <summary>All tensors in a fixed order.</summary>
    public IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <summary>Looks at one forward of the network to learn what it enlarges.</summary>
    /// <param name="network">Layers.</param>
    /// <param name="count">Extra outputs, at least 1, from the finest.</param>
    /// <param name="patch">Extent of a patch.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the network enlarges fewer values by transposed
    /// convolution.</exception>
    public static SideHeads Of(Network network, int count, GridSize patch)
    {
        UNetOptions options = network.Options;
        using NetworkWeights weights = new(network.Parameters, trainable: false);
        TorchOps ops = new(weights, training: false) { Enlarged = [] };
        TorchStep.Run(() =>
        {
            using IDisposable quiet = no_grad();
            network.Run(ops, zeros(TensorShapes.Image(1, options.InputChannels, options.Dimensionality, patch)));
        });
        if (ops.Enlarged.Count < count)
        {
            KeyError error = new("deepSupervision.outputs", $"This network has at most {ops.Enlarged.Count + 1} outputs; ask for fewer, or leave deepSupervision out.");
            throw new SegmentationException(ErrorCode.InvalidOption, $"The training options do not fit together: {error.Key}: {error.Message}", [error]);
        }
        int[] ones = [.. Enumerable.Repeat(1, options.Dimensionality)];
        return new SideHeads([.. Finest(ops.Enlarged, count).Select((value, n) =>
            new ConvLayer($"seg{n + 1}", value.Layer.Inputs, options.Classes, ones, ones))]);
    }

    /// <summary>The extra outputs, from the finest: logits [batch, classes, spatial].</summary>
    /// <param name="ops">The operations that the network has just run on, with what it enlarged.</param>
    public IEnumerable<Tensor> Run(TorchOps ops) =>
        Finest(ops.Enlarged!, _heads.Length).Select((value, n) => ops.Conv(value.Input, _heads[n]));

    /// <summary>Networks enlarge from the deepest level up.</summary>
    private static IEnumerable<(ConvLayer Layer, Tensor Input)> Finest(List<(ConvLayer Layer, Tensor Input)> enlarged, int count) =>
        enlarged.AsEnumerable().Reverse().Take(count);
}
