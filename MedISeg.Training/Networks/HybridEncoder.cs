namespace MedISeg.Training.Networks;

/// <summary>The ResNet-50 in front of TransUNet's transformer: standardised weights, group normalisation, three stages of 3, 4 and 9 blocks.
/// State names follow <c>transformer.embeddings.hybrid_model.</c></summary>
internal sealed class HybridEncoder
{
    private const string Prefix = "transformer.embeddings.hybrid_model.";
    private const double Epsilon = 1e-6;
    private const int Groups = 32;
    private static readonly int[] Blocks = [3, 4, 9];
    private readonly ConvLayer _stem;
    private readonly NormLayer _stemNorm = Norm(Prefix + "root.gn", 64);
    private readonly List<List<ResidualBlock>> _stages = [];

    /// <summary>Lays out the layers.</summary>
    /// <param name="inputs">Channels of the image.</param>
    public HybridEncoder(int inputs)
    {
        _stem = Conv(Prefix + "root.conv", inputs, 64, 7, 2);
        int channels = 64;
        for (int stage = 0; stage < Blocks.Length; stage++)
        {
            List<ResidualBlock> built = [];
            for (int n = 0; n < Blocks[stage]; n++)
            {
                built.Add(Bottleneck($"{Prefix}body.block{stage + 1}.unit{n + 1}", channels, 64 << stage, n == 0 && stage > 0 ? 2 : 1));
                channels = 256 << stage;
            }
            _stages.Add(built);
        }
    }

    /// <summary>Channels at 1/2, 1/4, 1/8 and 1/16 of the image's sides.</summary>
    public static IReadOnlyList<int> Widths { get; } = [64, 256, 512, 1024];

    /// <summary>All tensors in a fixed order.</summary>
    public IEnumerable<ParameterInfo> Parameters() =>
        [.. _stem.Parameters(), .. _stemNorm.Parameters(), .. _stages.SelectMany(stage => stage).SelectMany(block => block.Parameters())];

    /// <summary>Image, sides multiples of 16, to the values at 1/2, 1/4, 1/8 and 1/16 of its sides.</summary>
    public IReadOnlyList<T> Run<T>(IOps<T> ops, T image)
    {
        List<T> levels = [ops.Activation(ops.Norm(ops.Conv(image, _stem), _stemNorm), 0)];
        T value = ops.MaxPool(levels[0], 3, 0, 2);
        for (int stage = 0; stage < _stages.Count; stage++)
        {
            foreach (ResidualBlock block in _stages[stage]) value = block.Run(ops, value);
            // Pooling without padding leaves the first stage one pixel short; the next stage's step of two makes up for it.
            levels.Add(stage == 0 ? ops.PadEnd(value) : value);
        }
        return levels;
    }

    private static ConvLayer Conv(string name, int inputs, int outputs, int kernel, int stride) =>
        ConvLayer.Square(name, 2, inputs, outputs, kernel, stride, bias: false, start: InitialRule.Uniform) with { Standardised = true };

    private static NormLayer Norm(string name, int channels) => new(name, channels, NormKind.Group, Epsilon, Groups: Groups);

    /// <summary>A bottleneck of four times its middle channels.</summary>
    private static ResidualBlock Bottleneck(string name, int inputs, int middle, int stride)
    {
        int outputs = 4 * middle;
        return new ResidualBlock(
            [
                (Conv($"{name}.conv1", inputs, middle, 1, 1), Norm($"{name}.gn1", middle)),
                (Conv($"{name}.conv2", middle, middle, 3, stride), Norm($"{name}.gn2", middle)),
                (Conv($"{name}.conv3", middle, outputs, 1, 1), Norm($"{name}.gn3", outputs)),
            ],
            // One group a channel, with PyTorch's own epsilon.
            stride == 1 && inputs == outputs
                ? null
                : (Conv($"{name}.downsample", inputs, outputs, 1, stride), new NormLayer($"{name}.gn_proj", outputs, NormKind.Instance)));
    }
}
