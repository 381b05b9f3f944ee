namespace MedISeg.Training.Networks;

/// <summary>A convolution, or a transposed one, by name; its tensors are <c>name.weight</c> and <c>name.bias</c>.</summary>
/// <param name="Name">Path of the layer, as PyTorch would name it.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Side a spatial axis, slowest first; odd unless transposed.</param>
/// <param name="Stride">Step a spatial axis; a transposed convolution has stride = kernel.</param>
/// <param name="Transposed">Whether it enlarges.</param>
internal sealed record ConvLayer(
    string Name, int Inputs, int Outputs, IReadOnlyList<int> Kernel, IReadOnlyList<int> Stride, bool Transposed = false)
{
    /// <summary>Voxels of zeros added on each side: half the kernel, none when transposed.</summary>
    public IReadOnlyList<int> Padding { get; } = [.. Kernel.Select(side => Transposed ? 0 : side / 2)];

    /// <summary>Weight and bias.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        int fanIn = Kernel.Aggregate(Inputs, (product, side) => product * side);
        long[] channels = Transposed ? [Inputs, Outputs] : [Outputs, Inputs];
        yield return new ParameterInfo($"{Name}.weight", [.. channels, .. Kernel.Select(side => (long)side)], ParameterRole.Weight, fanIn);
        yield return new ParameterInfo($"{Name}.bias", [Outputs], ParameterRole.Bias, fanIn);
    }
}

/// <summary>A normalisation with one scale and one shift a channel, by name.</summary>
/// <param name="Name">Path of the layer, as PyTorch would name it.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Kind">Over which voxels mean and variance are taken.</param>
/// <param name="Epsilon">Added to the variance.</param>
internal sealed record NormLayer(string Name, int Channels, NormKind Kind, double Epsilon = 1e-5)
{
    /// <summary>Scale and shift, and the running statistics of batch normalisation.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        yield return new ParameterInfo($"{Name}.weight", [Channels], ParameterRole.Scale, 1);
        yield return new ParameterInfo($"{Name}.bias", [Channels], ParameterRole.Bias, 1);
        if (Kind != NormKind.Batch) yield break;
        yield return new ParameterInfo($"{Name}.running_mean", [Channels], ParameterRole.RunningMean, 1);
        yield return new ParameterInfo($"{Name}.running_var", [Channels], ParameterRole.RunningVariance, 1);
    }
}

/// <summary>One tensor of a network.</summary>
/// <param name="Name">State name, e.g. <c>encoder.0.conv0.weight</c>.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Role">What it is.</param>
/// <param name="FanIn">Inputs that one output sums over.</param>
internal sealed record ParameterInfo(string Name, IReadOnlyList<long> Shape, ParameterRole Role, int FanIn)
{
    /// <summary>Number of elements.</summary>
    public long Count { get; } = Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Whether gradients change it; running statistics change by themselves.</summary>
    public bool Trainable => Role is not (ParameterRole.RunningMean or ParameterRole.RunningVariance);
}

/// <summary>What a tensor of a network is.</summary>
internal enum ParameterRole
{
    /// <summary>Kernel of a convolution.</summary>
    Weight,
    /// <summary>Summand a channel.</summary>
    Bias,
    /// <summary>Factor a channel of a normalisation.</summary>
    Scale,
    /// <summary>Running mean of batch normalisation.</summary>
    RunningMean,
    /// <summary>Running variance of batch normalisation.</summary>
    RunningVariance,
}

/// <summary>Over which voxels a normalisation takes mean and variance.</summary>
public enum NormKind
{
    /// <summary>One sample and channel.</summary>
    Instance,
    /// <summary>One channel over the batch; running statistics in evaluation.</summary>
    Batch,
}
