namespace MedISeg.Training.Networks;

/// <summary>ResNet-18, 34, 50, 101 or 152 without pooling and classifier; state names are torchvision's after <c>resnet.</c>.</summary>
/// <remarks>The bottleneck's 3x3 convolution takes the step of two (version 1.5).</remarks>
internal sealed class ResNetEncoder : IEncoder
{
    private readonly ConvLayer _stem;
    private readonly NormLayer _stemNorm;
    private readonly List<List<ResidualBlock>> _stages = [];

    /// <summary>Lays out the layers of the kind that the options name.</summary>
    public ResNetEncoder(UNetOptions options)
    {
        (int[] blocks, bool bottleneck) = options.Kind switch
        {
            NetworkKind.ResUNet18 => (new[] { 2, 2, 2, 2 }, false),
            NetworkKind.ResUNet34 => ([3, 4, 6, 3], false),
            NetworkKind.ResUNet50 => ([3, 4, 6, 3], true),
            NetworkKind.ResUNet101 => ([3, 4, 23, 3], true),
            NetworkKind.ResUNet152 => ([3, 8, 36, 3], true),
            _ => throw new ArgumentException("The kind has no ResNet.", nameof(options)),
        };
        _stem = Conv("resnet.conv1", options.InputChannels, 64, 7, 2);
        _stemNorm = new NormLayer("resnet.bn1", 64, NormKind.Batch);
        List<int> widths = [64];
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int middle = 64 << stage, outputs = bottleneck ? 4 * middle : middle, inputs = widths[^1];
            List<ResidualBlock> built = [];
            for (int n = 0; n < blocks[stage]; n++)
                built.Add(Block(
                    $"resnet.layer{stage + 1}.{n}", n == 0 ? inputs : outputs, middle, outputs, n == 0 && stage > 0 ? 2 : 1, bottleneck));
            _stages.Add(built);
            widths.Add(outputs);
        }
        Widths = widths;
    }

    /// <inheritdoc />
    public IReadOnlyList<int> Widths { get; }

    /// <inheritdoc />
    public IEnumerable<ParameterInfo> Parameters() =>
        [.. _stem.Parameters(), .. _stemNorm.Parameters(), .. _stages.SelectMany(stage => stage).SelectMany(block => block.Parameters())];

    /// <inheritdoc />
    public IReadOnlyList<T> Run<T>(IOps<T> ops, T image)
    {
        List<T> levels = [ops.Activation(ops.Norm(ops.Conv(image, _stem), _stemNorm), 0)];
        T value = ops.MaxPool(levels[0], 3, 1, 2);
        foreach (List<ResidualBlock> stage in _stages)
        {
            foreach (ResidualBlock block in stage) value = block.Run(ops, value);
            levels.Add(value);
        }
        return levels;
    }

    private static ConvLayer Conv(string name, int inputs, int outputs, int kernel, int stride) =>
        ConvLayer.Square(name, 2, inputs, outputs, kernel, stride, bias: false, start: InitialRule.HeFanOut);

    /// <summary>Two convolutions, or the three of a bottleneck.</summary>
    private static ResidualBlock Block(string name, int inputs, int middle, int outputs, int stride, bool bottleneck)
    {
        int[] kernels = bottleneck ? [1, 3, 1] : [3, 3];
        int strided = bottleneck ? 1 : 0, channels = inputs;
        List<(ConvLayer, NormLayer)> units = [];
        for (int n = 0; n < kernels.Length; n++)
        {
            int width = n == kernels.Length - 1 ? outputs : middle;
            units.Add((
                Conv($"{name}.conv{n + 1}", channels, width, kernels[n], n == strided ? stride : 1),
                new NormLayer($"{name}.bn{n + 1}", width, NormKind.Batch)));
            channels = width;
        }
        return new ResidualBlock(units, stride == 1 && inputs == outputs
            ? null
            : (Conv($"{name}.downsample.0", inputs, outputs, 1, stride), new NormLayer($"{name}.downsample.1", outputs, NormKind.Batch)));
    }
}
