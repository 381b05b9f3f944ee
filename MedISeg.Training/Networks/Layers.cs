namespace MedISeg.Training.Networks;

/// <summary>A convolution, or a transposed one, by name; its tensors are <c>name.weight</c> and <c>name.bias</c>.</summary>
/// <param name="Name">Path of the layer, as PyTorch would name it.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Outputs">Output channels.</param>
/// <param name="Kernel">Side a spatial axis, slowest first.</param>
/// <param name="Stride">Step a spatial axis; transposed convolutions and even kernels have stride = kernel.</param>
/// <param name="Transposed">Whether it enlarges.</param>
/// <param name="Bias">Whether a summand a channel is added.</param>
/// <param name="Start">How its tensors are drawn before training.</param>
/// <param name="Standardised">Whether each output's weights are brought to mean 0 and variance 1 before use.</param>
internal sealed record ConvLayer(
    string Name, int Inputs, int Outputs, IReadOnlyList<int> Kernel, IReadOnlyList<int> Stride, bool Transposed = false, bool Bias = true,
    InitialRule Start = InitialRule.HeFanIn, bool Standardised = false)
{
    /// <summary>Added to the variance of standardised weights.</summary>
    public const double StandardEpsilon = 1e-5;

    /// <summary>Voxels of zeros added on each side: half of an odd kernel; none when transposed or even.</summary>
    public IReadOnlyList<int> Padding { get; } = [.. Kernel.Select(side => Transposed || side % 2 == 0 ? 0 : side / 2)];

    /// <summary>A layer of equal kernel sides and of equal steps on all axes.</summary>
    public static ConvLayer Square(
        string name, int dimensions, int inputs, int outputs, int kernel, int stride = 1, bool transposed = false, bool bias = true,
        InitialRule start = InitialRule.HeFanIn) =>
        new(name, inputs, outputs, [.. Enumerable.Repeat(kernel, dimensions)], [.. Enumerable.Repeat(stride, dimensions)], transposed, bias, start);

    /// <summary>Weight, and bias where there is one.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        int fan = Kernel.Aggregate(Start switch
        {
            InitialRule.HeFanOut => Outputs,
            // PyTorch reads the fan from the weight's second axis, which holds the outputs of a transposed convolution.
            InitialRule.Uniform when Transposed => Outputs,
            _ => Inputs,
        }, (product, side) => product * side);
        long[] channels = Transposed ? [Inputs, Outputs] : [Outputs, Inputs];
        yield return new ParameterInfo($"{Name}.weight", [.. channels, .. Kernel.Select(side => (long)side)], ParameterRole.Weight, fan, Start);
        if (Bias) yield return new ParameterInfo($"{Name}.bias", [Outputs], ParameterRole.Bias, fan, Start);
    }
}

/// <summary>A normalisation with one scale and one shift a channel, by name.</summary>
/// <param name="Name">Path of the layer, as PyTorch would name it.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Kind">Over which voxels mean and variance are taken.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Dimensions">Spatial axes of what it normalises.</param>
/// <param name="Groups">Groups of channels of group normalisation; divides the channels.</param>
/// <param name="Start">How its scale is drawn before training; only <see cref="InitialRule.Zero"/> differs from 1.</param>
internal sealed record NormLayer(
    string Name, int Channels, NormKind Kind, double Epsilon = 1e-5, int Dimensions = 2, int Groups = 8,
    InitialRule Start = InitialRule.HeFanIn)
{
    /// <summary>Scale and shift, and the running statistics of batch normalisation.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        yield return new ParameterInfo($"{Name}.weight", [Channels], ParameterRole.Scale, 1, Start);
        yield return new ParameterInfo($"{Name}.bias", [Channels], ParameterRole.Bias, 1);
        if (Kind != NormKind.Batch) yield break;
        yield return new ParameterInfo($"{Name}.running_mean", [Channels], ParameterRole.RunningMean, 1);
        yield return new ParameterInfo($"{Name}.running_var", [Channels], ParameterRole.RunningVariance, 1);
    }
}

/// <summary>A weighted sum of the last axis with bias, by name.</summary>
/// <param name="Name">Path of the layer, as PyTorch would name it.</param>
/// <param name="Inputs">Extent of the last axis.</param>
/// <param name="Outputs">Its new extent.</param>
/// <param name="Start">How its tensors are drawn before training.</param>
internal sealed record LinearLayer(string Name, int Inputs, int Outputs, InitialRule Start = InitialRule.Uniform)
{
    /// <summary>Weight and bias.</summary>
    public IEnumerable<ParameterInfo> Parameters()
    {
        int fan = Start == InitialRule.Xavier ? Inputs + Outputs : Inputs;
        yield return new ParameterInfo($"{Name}.weight", [Outputs, Inputs], ParameterRole.Weight, fan, Start);
        yield return new ParameterInfo($"{Name}.bias", [Outputs], ParameterRole.Bias, fan, Start);
    }
}

/// <summary>One tensor of a network.</summary>
/// <param name="Name">State name, e.g. <c>encoder.0.conv0.weight</c>.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Role">What it is.</param>
/// <param name="Fan">Number of terms that its spread at the start is divided by; see <see cref="InitialRule"/>.</param>
/// <param name="Start">How it is drawn before training.</param>
internal sealed record ParameterInfo(
    string Name, IReadOnlyList<long> Shape, ParameterRole Role, int Fan, InitialRule Start = InitialRule.HeFanIn)
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
    /// <summary>Learned value a place of the image.</summary>
    Position,
    /// <summary>Factor a channel of a normalisation.</summary>
    Scale,
    /// <summary>Running mean of batch normalisation.</summary>
    RunningMean,
    /// <summary>Running variance of batch normalisation.</summary>
    RunningVariance,
}

/// <summary>How weights and biases are drawn before training.</summary>
internal enum InitialRule
{
    /// <summary>Normal weights of variance 2 / inputs of one output; biases 0.</summary>
    HeFanIn,
    /// <summary>Normal weights of variance 2 / outputs of one input; biases 0. torchvision's ResNet.</summary>
    HeFanOut,
    /// <summary>Uniform weights and biases in +-1 / sqrt(fan): PyTorch's own rule.</summary>
    Uniform,
    /// <summary>Uniform weights in +-sqrt(6 / (inputs + outputs)); biases 0.</summary>
    Xavier,
    /// <summary>Scales 0: a residual block starts as its shortcut.</summary>
    Zero,
}

/// <summary>Over which voxels a normalisation takes mean and variance.</summary>
public enum NormKind
{
    /// <summary>One sample and channel.</summary>
    Instance,
    /// <summary>One channel over the batch; running statistics in evaluation.</summary>
    Batch,
    /// <summary>One sample and group of channels; eight equal groups where a U-Net's options ask for it.</summary>
    Group,
}
