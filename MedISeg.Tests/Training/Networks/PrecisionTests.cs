using MedISeg.Training.Networks;
using MedISeg.Training.Runtime;
using static TorchSharp.torch;

namespace MedISeg.Tests.Training.Networks;

/// <summary>Gradients of 16-bit layers beside those of 32-bit ones, and the memory order of images.</summary>
[Collection(TrainingTests.Name)]
public sealed class PrecisionTests
{
    [Theory]
    [InlineData(NetworkKind.UNet, 2, NormKind.Batch, 0.05)]
    [InlineData(NetworkKind.UNet, 3, NormKind.Instance, 0.05)]
    [InlineData(NetworkKind.UNet, 3, NormKind.Group, 0.05)]
    [InlineData(NetworkKind.PlainUNet, 2, NormKind.Instance, 0.5)]
    [InlineData(NetworkKind.GenesisUNet, 3, NormKind.Batch, 0.2)]
    [InlineData(NetworkKind.ResUNet18, 2, NormKind.Instance, 0.7)]
    [InlineData(NetworkKind.DenseUNet121, 2, NormKind.Instance, 0.95)]
    [InlineData(NetworkKind.TransUNet, 2, NormKind.Instance, 0.95)]
    public void Backward_Bfloat16_GivesFloatGradientsNearThoseOfFloat32(NetworkKind kind, int dimensions, NormKind norm, double tolerance)
    {
        UNetOptions options = new() { Kind = kind, Dimensionality = dimensions, Norm = norm, Sides = kind.HasPositions() ? [32, 64] : null };
        if (kind == NetworkKind.UNet) options = options with { Features = [8, 16, 24], Residual = true };
        else if (kind.HasDropout()) options = options with { Dropout = 0 };
        Network network = Network.Of(options);
        long[] shape = dimensions == 3 ? [2, 1, 8, 16, 24] : [2, 1, 32, 64];
        using NetworkWeights full = new(network.Parameters, trainable: true), narrow = new(network.Parameters, trainable: true);
        full.Initialise(seed: 5);
        narrow.CopyFrom(full);
        double fullLoss = Backward(network, full, shape, Precision.Full), narrowLoss = Backward(network, narrow, shape, Precision.Bfloat16);
        Assert.Equal(fullLoss, narrowLoss, 0.02 * fullLoss);
        // 8 bits are right to 0.4 %, but in a deep network of random weights on a few pixels each rectifier that turns over adds to it; a
        // gradient of another direction would be more than 1 apart.
        Assert.InRange(Distance(network, full, narrow), 1e-4, tolerance);
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, new[] { 1, 2 }, new long[] { 2, 24, 9, 1 })]
    [InlineData(new[] { 7, 7 }, new[] { 2, 2 }, new long[] { 2, 120, 4, 1 })]
    [InlineData(new[] { 1, 3, 3 }, new[] { 1, 2, 2 }, new long[] { 3, 48, 2, 4, 1 })]
    [InlineData(new[] { 3, 3, 3 }, new[] { 2, 2, 2 }, new long[] { 3, 16, 5, 4, 1 })]
    [InlineData(new[] { 3, 3, 3 }, new[] { 1, 1, 1 }, new long[] { 2, 24, 2, 3, 5 })]
    public void Conv_KernelLongerThanTheInput_WritesTheWholeBfloat16Gradient(int[] kernel, int[] stride, long[] shape)
    {
        ConvLayer layer = new("conv", (int)shape[1], 5, kernel, stride);
        using NetworkWeights full = new([.. layer.Parameters()], trainable: true), narrow = new([.. layer.Parameters()], trainable: true);
        full.Initialise(seed: 5);
        narrow.CopyFrom(full);
        float[] input = new float[shape.Aggregate(1L, (product, side) => product * side)];
        HashFill.Fill("conv", 1, 0, input);
        foreach ((NetworkWeights weights, Precision precision) in new[] { (full, Precision.Full), (narrow, Precision.Bfloat16) })
            TorchStep.Run(() =>
            {
                // What is left unwritten shows what the memory held before.
                List<Tensor> held = [];
                for (int size = 16; size < 1 << 21; size = size * 3 / 2)
                    for (int n = 0; n < 3; n++) held.Add(TorchSharp.torch.full([size], 1e30f));
                held.ForEach(one => one.Dispose());
                Tensor image = NetworkRuns.Image(input, shape);
                Tensor loss = new TorchOps(weights, training: true, precision).Conv(image, layer).to_type(ScalarType.Float32).square().sum();
                loss.backward();
                GC.KeepAlive(loss);
                GC.KeepAlive(image);
            });
        TorchStep.Run(() =>
        {
            foreach (ParameterInfo parameter in layer.Parameters())
            {
                float[] expected = Gradient(full, parameter).ToArray(), actual = Gradient(narrow, parameter).ToArray();
                float largest = expected.Max(MathF.Abs);
                Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -0.05f * largest, 0.05f * largest));
            }
        });
    }

    [Theory]
    [InlineData(NetworkKind.UNet, 2)]
    [InlineData(NetworkKind.UNet, 3)]
    [InlineData(NetworkKind.GenesisUNet, 3)]
    [InlineData(NetworkKind.ResUNet18, 2)]
    public void Backward_ChannelsLast_GivesTheGradientsOfThePlainOrder(NetworkKind kind, int dimensions)
    {
        UNetOptions options = new() { Kind = kind, Dimensionality = dimensions };
        if (!kind.HasDropout()) options = options with { Norm = NormKind.Batch };
        if (kind == NetworkKind.UNet) options = options with { Features = [8, 16, 24] };
        else if (kind.HasDropout()) options = options with { Dropout = 0 };
        Network network = Network.Of(options);
        long[] shape = dimensions == 3 ? [2, 1, 8, 16, 24] : [2, 1, 64, 96];
        using NetworkWeights plain = new(network.Parameters, trainable: true), last = new(network.Parameters, trainable: true);
        plain.Initialise(seed: 5);
        last.CopyFrom(plain);
        double plainLoss = Backward(network, plain, shape, Precision.Full, arranged: false), lastLoss = Backward(network, last, shape, Precision.Full);
        Assert.Equal(plainLoss, lastLoss, 1e-5 * plainLoss);
        Assert.InRange(Distance(network, plain, last), 0, 1e-3);
    }

    [Theory]
    [InlineData(NormKind.Batch, 1, new long[] { 30, 1, 15, 5, 1 })]
    [InlineData(NormKind.Batch, 4, new long[] { 120, 1, 60, 20, 4 })]
    [InlineData(NormKind.Instance, 4, new long[] { 120, 30, 15, 5, 1 })]
    public void Arrange_Image_KeepsValuesAndPutsChannelsLastForBatchNormalisation(NormKind norm, int channels, long[] strides)
    {
        using NetworkWeights weights = new(Network.Of(new UNetOptions { Norm = norm }).Parameters, trainable: false);
        float[] values = [.. Enumerable.Range(0, 2 * channels * 2 * 3 * 5).Select(n => (float)n)];
        TorchStep.Run(() =>
        {
            Tensor image = NetworkRuns.Image(values, [2, channels, 2, 3, 5]);
            Tensor arranged = new TorchOps(weights, training: false).Arrange(image);
            Assert.Equal(strides, arranged.stride());
            Assert.Equal(values, arranged.contiguous().data<float>().ToArray());
            GC.KeepAlive(image);
        });
    }

    /// <summary>Norm of the difference of all gradients, as a share of the first ones' norm.</summary>
    private static double Distance(Network network, NetworkWeights first, NetworkWeights second)
    {
        double difference = 0, size = 0;
        TorchStep.Run(() =>
        {
            foreach (ParameterInfo parameter in network.Parameters.Where(p => p.Trainable))
            {
                ReadOnlySpan<float> expected = Gradient(first, parameter), actual = Gradient(second, parameter);
                for (int n = 0; n < expected.Length; n++)
                {
                    difference += Math.Pow(expected[n] - actual[n], 2);
                    size += Math.Pow(expected[n], 2);
                }
            }
        });
        return Math.Sqrt(difference / size);
    }

    private static double Backward(Network network, NetworkWeights weights, long[] shape, Precision precision, bool arranged = true)
    {
        float[] input = new float[shape.Aggregate(1L, (product, side) => product * side)];
        HashFill.Fill("precision", 1, 0, input);
        return TorchStep.Run(() =>
        {
            // Statistics of a few pixels would make other gradients of any rounding: the deep networks take the stored ones.
            TorchOps ops = new(weights, training: network.Options.Kind == NetworkKind.UNet, precision);
            Tensor image = NetworkRuns.Image(input, shape);
            Tensor labels = image.gt(0.2f).squeeze(1).to_type(ScalarType.Int64);
            Tensor logits = network.Run(ops, arranged ? ops.Arrange(image) : image);
            Assert.Equal(precision == Precision.Full ? ScalarType.Float32 : ScalarType.BFloat16, logits.dtype);
            Tensor loss = nn.functional.cross_entropy(logits.to_type(ScalarType.Float32), labels);
            loss.backward();
            double value = loss.item<float>();
            GC.KeepAlive(loss);
            GC.KeepAlive(labels);
            GC.KeepAlive(image);
            return value;
        });
    }

    private static unsafe ReadOnlySpan<float> Gradient(NetworkWeights weights, ParameterInfo parameter)
    {
        Tensor gradient = weights[parameter.Name].grad!;
        Assert.Equal(ScalarType.Float32, gradient.dtype);
        return new ReadOnlySpan<float>((void*)TensorMemory.Pointer(gradient), checked((int)parameter.Count));
    }
}
