using TorchSharp;
using static TorchSharp.torch;

namespace MedISeg.Training.Networks;

/// <summary>Runs a network in TorchSharp. Call it inside a <see cref="Runtime.TorchStep"/> only.</summary>
/// <param name="weights">The tensors; borrowed.</param>
/// <param name="training">Whether batch normalisation takes the batch's statistics and updates the running ones.</param>
/// <remarks>Every method keeps the tensors that it passed alive until the native call has returned.</remarks>
internal sealed class TorchOps(NetworkWeights weights, bool training) : IOps<Tensor>
{
    private const double BatchMomentum = 0.1;

    /// <summary>Where given, gets the input of every transposed convolution in the order of the forward; the caller clears it.</summary>
    public List<(ConvLayer Layer, Tensor Input)>? Enlarged { get; init; }

    /// <inheritdoc />
    public Tensor Conv(Tensor input, ConvLayer layer)
    {
        Tensor weight = weights[layer.Name + ".weight"], bias = weights[layer.Name + ".bias"];
        long[] stride = Longs(layer.Stride), padding = Longs(layer.Padding);
        Tensor output = layer.Kernel.Count == 3
            ? nn.functional.conv3d(input, weight, bias, stride, padding)
            : nn.functional.conv2d(input, weight, bias, stride, padding);
        KeepAlive(input, weight, bias);
        return output;
    }

    /// <inheritdoc />
    public Tensor ConvTranspose(Tensor input, ConvLayer layer)
    {
        Tensor weight = weights[layer.Name + ".weight"], bias = weights[layer.Name + ".bias"];
        long[] stride = Longs(layer.Stride);
        Enlarged?.Add((layer, input));
        Tensor output = layer.Kernel.Count == 3
            ? nn.functional.conv_transpose3d(input, weight, bias, stride)
            : nn.functional.conv_transpose2d(input, weight, bias, stride);
        KeepAlive(input, weight, bias);
        return output;
    }

    /// <inheritdoc />
    public Tensor Norm(Tensor input, NormLayer layer)
    {
        Tensor scale = weights[layer.Name + ".weight"], shift = weights[layer.Name + ".bias"];
        Tensor output;
        if (layer.Kind == NormKind.Batch)
        {
            Tensor mean = weights[layer.Name + ".running_mean"], variance = weights[layer.Name + ".running_var"];
            output = nn.functional.batch_norm(input, mean, variance, scale, shift, training, BatchMomentum, layer.Epsilon);
            KeepAlive(mean, variance);
        }
        else
        {
            // One group a channel is instance normalisation, and libtorch runs it faster.
            output = nn.functional.group_norm(input, layer.Channels, scale, shift, layer.Epsilon);
        }
        KeepAlive(input, scale, shift);
        return output;
    }

    /// <inheritdoc />
    public Tensor Activation(Tensor input, double slope)
    {
        using Scalar scalar = slope.ToScalar();
        Tensor output = input.leaky_relu_(scalar);
        GC.KeepAlive(scalar);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor Add(Tensor first, Tensor second)
    {
        Tensor output = first.add(second);
        KeepAlive(first, second);
        return output;
    }

    /// <inheritdoc />
    public Tensor Concat(Tensor first, Tensor second)
    {
        Tensor output = cat([first, second], 1);
        KeepAlive(first, second);
        return output;
    }

    private static long[] Longs(IReadOnlyList<int> values) => [.. values.Select(value => (long)value)];

    private static void KeepAlive(Tensor a, Tensor b, Tensor? c = null)
    {
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }
}
