using MedISeg.Training.Data;
using MedISeg.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MedISeg.Training.Networks;

/// <summary>Runs a network in TorchSharp. Call it inside a <see cref="Runtime.TorchStep"/> only.</summary>
/// <param name="weights">The tensors; borrowed.</param>
/// <param name="training">Whether batch normalisation takes the batch's statistics and updates the running ones.</param>
/// <param name="precision">bfloat16: layers get 16-bit copies of the weights and pass 16-bit values on, the logits too.</param>
/// <remarks>Every method keeps the tensors that it passed alive until the native call has returned.</remarks>
internal sealed class TorchOps(NetworkWeights weights, bool training, Precision precision = Precision.Full) : IOps<Tensor>
{
    private const double BatchMomentum = 0.1;
    private const int DropStream = 40;
    private SeededRandom _drops = new(0, 0, DropStream);

    /// <summary>Starts the random numbers of a step, so that a resumed run drops the same channels.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="step">From 0.</param>
    public void BeginStep(int seed, int step) => _drops = new SeededRandom(seed, step, DropStream);

    /// <summary>Where given, gets the input of every transposed convolution in the order of the forward; the caller clears it.</summary>
    public List<(ConvLayer Layer, Tensor Input)>? Enlarged { get; init; }

    /// <inheritdoc />
    public Tensor Conv(Tensor input, ConvLayer layer)
    {
        Tensor master = weights[layer.Name + ".weight"];
        // libtorch 2.10 leaves parts of a 16-bit weight gradient unwritten where a kernel is longer than its input along any axis.
        bool wide = input.shape.Skip(2).Zip(layer.Kernel).Any(axis => axis.First < axis.Second);
        Tensor weight = layer.Standardised ? Standardised(master) : master;
        Tensor? bias = layer.Bias ? weights[layer.Name + ".bias"] : null;
        if (!wide) (weight, bias) = (Narrow(weight), bias is null ? null : Narrow(bias));
        input = wide ? input.to_type(ScalarType.Float32) : Narrow(input);
        long[] stride = Longs(layer.Stride), padding = Longs(layer.Padding);
        Tensor output = layer.Kernel.Count == 3
            ? nn.functional.conv3d(input, weight, bias, stride, padding)
            : nn.functional.conv2d(input, weight, bias, stride, padding);
        KeepAlive(input, weight, bias);
        return Narrow(output);
    }

    /// <inheritdoc />
    public Tensor ConvTranspose(Tensor input, ConvLayer layer)
    {
        Tensor weight = Narrow(weights[layer.Name + ".weight"]);
        Tensor? bias = layer.Bias ? Narrow(weights[layer.Name + ".bias"]) : null;
        input = Narrow(input);
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
            int groups = layer.Kind == NormKind.Group ? layer.Groups : layer.Channels;
            // One group a channel is instance normalisation, and libtorch runs it faster.
            output = nn.functional.group_norm(input, groups, scale, shift, layer.Epsilon);
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
    public Tensor MaxPool(Tensor input, int kernel, int padding, int dimensions)
    {
        Tensor output = dimensions == 3
            ? nn.functional.max_pool3d(input, [kernel, kernel, kernel], [2, 2, 2], [padding, padding, padding])
            : nn.functional.max_pool2d(input, [kernel, kernel], [2, 2], [padding, padding]);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor MeanPool(Tensor input, IReadOnlyList<int> block)
    {
        long[] sides = [.. block.Select(side => (long)side)];
        // libtorch has no mean of 16-bit blocks in 3-D.
        if (sides.Length == 3) input = input.to_type(ScalarType.Float32);
        Tensor output = sides.Length == 3 ? nn.functional.avg_pool3d(input, sides, sides) : nn.functional.avg_pool2d(input, sides, sides);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor Double(Tensor input)
    {
        Tensor output = nn.functional.interpolate(
            input, size: [2 * input.shape[2], 2 * input.shape[3]], mode: InterpolationMode.Bilinear, align_corners: true);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor DropChannels(Tensor input, double rate) =>
        Drop(input, rate, [input.shape[0], input.shape[1], .. Enumerable.Repeat(1L, (int)input.dim() - 2)]);

    /// <inheritdoc />
    public Tensor DropElements(Tensor input, double rate) => Drop(input, rate, input.shape);

    /// <inheritdoc />
    public Tensor PadEnd(Tensor input)
    {
        Tensor output = nn.functional.pad(input, [0, 1, 0, 1]);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor ToTokens(Tensor input)
    {
        Tensor output = input.flatten(2).transpose(1, 2);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor FromTokens(Tensor input, int height, int width)
    {
        Tensor output = input.transpose(1, 2).reshape(input.shape[0], input.shape[2], height, width);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor AddLearned(Tensor input, ParameterInfo parameter) => Add(input, weights[parameter.Name]);

    /// <inheritdoc />
    public Tensor Linear(Tensor input, LinearLayer layer)
    {
        Tensor weight = Narrow(weights[layer.Name + ".weight"]), bias = Narrow(weights[layer.Name + ".bias"]);
        input = Narrow(input);
        Tensor output = nn.functional.linear(input, weight, bias);
        KeepAlive(input, weight, bias);
        return output;
    }

    /// <inheritdoc />
    public Tensor LayerNorm(Tensor input, NormLayer layer)
    {
        Tensor scale = weights[layer.Name + ".weight"], shift = weights[layer.Name + ".bias"];
        Tensor output = nn.functional.layer_norm(input, [layer.Channels], scale, shift, layer.Epsilon);
        KeepAlive(input, scale, shift);
        return output;
    }

    /// <inheritdoc />
    public Tensor Gelu(Tensor input)
    {
        Tensor output = nn.functional.gelu(input);
        GC.KeepAlive(input);
        return output;
    }

    /// <inheritdoc />
    public Tensor Attention(Tensor query, Tensor key, Tensor value, int heads, int channels)
    {
        long batch = query.shape[0], tokens = query.shape[1], share = channels / heads;
        Tensor Split(Tensor t) => t.reshape(batch, tokens, heads, share).transpose(1, 2);
        Tensor scores = Split(query).matmul(Split(key).transpose(2, 3)) * (1 / Math.Sqrt(share));
        Tensor shares = nn.functional.softmax(scores, -1, ScalarType.Float32).to_type(value.dtype);
        Tensor mixed = shares.matmul(Split(value)).transpose(1, 2).reshape(batch, tokens, channels);
        KeepAlive(query, key, value);
        KeepAlive(scores, shares);
        return mixed;
    }

    /// <inheritdoc />
    public Tensor Concat(Tensor first, Tensor second)
    {
        Tensor output = cat([first, second], 1);
        KeepAlive(first, second);
        return output;
    }

    /// <summary>The image in the memory order that the network runs fastest in: with batch normalisation the channels of a voxel lie side by
    /// side, which libtorch's layers keep; its other normalisations are slower so. Measured by <c>MedISeg.Benchmarks</c>.</summary>
    /// <param name="input">Shape [batch, channels, spatial].</param>
    public Tensor Arrange(Tensor input)
    {
        if (weights.Parameters.All(p => p.Role != ParameterRole.RunningMean)) return input;
        int last = (int)input.dim() - 1;
        Tensor moved = input.permute([0, .. Enumerable.Range(2, last - 1).Select(axis => (long)axis), 1]).contiguous();
        long[] shape = input.shape, strides = new long[last + 1];
        strides[1] = 1;
        long step = shape[1];
        for (int axis = last; axis > 1; step *= shape[axis--]) strides[axis] = step;
        strides[0] = step;
        // With one channel both orders are the same memory, and only the strides tell them apart.
        Tensor output = moved.as_strided(shape, strides);
        KeepAlive(input, moved);
        return output;
    }

    private Tensor Narrow(Tensor value)
    {
        if (precision == Precision.Full || value.dtype == ScalarType.BFloat16) return value;
        Tensor narrow = value.to_type(ScalarType.BFloat16);
        GC.KeepAlive(value);
        return narrow;
    }

    private static Tensor Standardised(Tensor weight)
    {
        Tensor apart = weight - weight.mean([1, 2, 3], keepdim: true);
        Tensor output = apart / (apart * apart).mean([1, 2, 3], keepdim: true).add(ConvLayer.StandardEpsilon).sqrt();
        KeepAlive(weight, apart);
        return output;
    }

    /// <summary>Multiplies with 0 or 1 / (1 - rate), one random number an element of the shape.</summary>
    private unsafe Tensor Drop(Tensor input, double rate, long[] shape)
    {
        if (!training || rate == 0) return input;
        Tensor factors = zeros(shape);
        Span<float> values = new((void*)TensorMemory.Pointer(factors), checked((int)factors.NumberOfElements));
        float kept = (float)(1 / (1 - rate));
        for (int n = 0; n < values.Length; n++) values[n] = _drops.NextDouble() < rate ? 0 : kept;
        Tensor output = input.mul(factors);
        KeepAlive(input, factors);
        return output;
    }

    private static long[] Longs(IReadOnlyList<int> values) => [.. values.Select(value => (long)value)];

    private static void KeepAlive(Tensor a, Tensor? b, Tensor? c = null)
    {
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }
}
