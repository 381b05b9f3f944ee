using MedISeg.Training.Networks;

namespace MedISeg.Training.Planning;

/// <summary>What one patch costs a network of kind <see cref="NetworkKind.UNet"/>.</summary>
/// <param name="FeatureElements">Elements of all feature maps, nnU-Net's measure of memory.</param>
/// <param name="MultiplyAdds">Of one forward.</param>
/// <param name="Parameters">Trainable numbers.</param>
internal sealed record NetworkCost(long FeatureElements, double MultiplyAdds, long Parameters)
{
    /// <summary>float32 copies of a feature map that a step holds at its peak: before and after normalisation, after activation, gradient.</summary>
    private const int Copies = 4;

    /// <summary>float32 numbers a weight in training: itself, its gradient, the optimiser's two.</summary>
    private const int NumbersAWeight = 4;

    /// <summary>Forward, gradient of the input, gradient of the weights; a multiplication and an addition each.</summary>
    private const int OperationsAStep = 3 * 2;

    /// <summary>Estimated bytes of a training step.</summary>
    /// <param name="batch">Patches a step.</param>
    public double TrainingBytes(int batch) => sizeof(float) * ((double)Copies * FeatureElements * batch + (double)NumbersAWeight * Parameters);

    /// <summary>Estimated seconds of a training step.</summary>
    /// <param name="batch">Patches a step.</param>
    /// <param name="gigaflops">10^9 operations a second that the machine reaches in training.</param>
    public double StepSeconds(int batch, double gigaflops) => OperationsAStep * MultiplyAdds * batch / (gigaflops * 1e9);

    /// <summary>Adds up all layers.</summary>
    /// <param name="network">Levels and channels.</param>
    /// <param name="patch">Voxels an axis, multiples of the steps.</param>
    public static NetworkCost Of(UNetOptions network, IReadOnlyList<int> patch)
    {
        long elements = 0, parameters = 0;
        double work = 0;
        foreach (Layer layer in Layers(network, patch))
        {
            elements += layer.Outputs * layer.Voxels;
            work += (double)layer.Inputs * layer.Outputs * layer.Taps * layer.Voxels;
            parameters += layer.Inputs * layer.Outputs * layer.Weights + layer.Outputs * layer.Vectors;
        }
        return new NetworkCost(elements, work, parameters);
    }

    private static IEnumerable<Layer> Layers(UNetOptions network, IReadOnlyList<int> patch)
    {
        int levels = network.Features.Count;
        long[] voxels = new long[levels], taps = new long[levels], steps = new long[levels];
        for (int level = 0; level < levels; level++)
        {
            steps[level] = Product(network.StrideAt(level));
            taps[level] = Product(network.KernelAt(level));
            voxels[level] = level == 0 ? Product(patch) : voxels[level - 1] / steps[level];
        }
        long channels = network.InputChannels;
        if (network.Residual) yield return Conv(channels, channels = network.Features[0], 0);
        for (int level = 0; level < levels; level++)
        {
            long features = network.Features[level];
            int count = network.Residual ? network.BlocksAt(level) : network.ConvolutionsAt(level);
            for (int n = 0; n < count; n++)
            {
                yield return Conv(channels, features, level);
                if (network.Residual)
                {
                    yield return Conv(features, features, level);
                    // The shortcut: means of blocks, and a convolution without bias where channels change.
                    if (channels != features) yield return new Layer(channels, features, voxels[level], 1, 1, 2);
                    else if (n == 0 && steps[level] > 1) yield return new Layer(channels, features, voxels[level], 0, 0, 0);
                }
                channels = features;
            }
        }
        for (int level = levels - 2; level >= 0; level--)
        {
            long features = network.Features[level];
            yield return new Layer(channels, features, voxels[level], 1, steps[level + 1], 1);
            channels = 2 * features;
            for (int n = 0; n < network.ConvolutionsAt(level); n++)
            {
                yield return Conv(channels, features, level);
                channels = features;
            }
        }
        yield return new Layer(channels, network.Classes, voxels[0], 1, 1, 1);

        Layer Conv(long inputs, long outputs, int level) => new(inputs, outputs, voxels[level], taps[level], taps[level], 3);
    }

    private static long Product(IEnumerable<int> sides) => sides.Aggregate(1L, (product, side) => product * side);

    /// <summary>One layer with learned weights, or a shortcut's means.</summary>
    /// <param name="Inputs">Channels.</param>
    /// <param name="Outputs">Channels.</param>
    /// <param name="Voxels">Of the output.</param>
    /// <param name="Taps">Voxels that one output voxel sees.</param>
    /// <param name="Weights">Voxels of the kernel.</param>
    /// <param name="Vectors">Learned numbers an output channel beside the kernel: bias, scale, shift.</param>
    private readonly record struct Layer(long Inputs, long Outputs, long Voxels, long Taps, long Weights, int Vectors);
}
