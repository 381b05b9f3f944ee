using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>The paper's 3-D U-Net, in the layout of Models Genesis: two 3x3x3 convolutions a level, widths (32, 64) to (256, 512), pooling
/// by maximum, transposed convolutions that keep the width, the enlarged value before the skip.</summary>
/// <remarks>Checked against golden <c>nets/unet3d_{bn,in,gn}_out</c>.</remarks>
internal sealed class GenesisUNet : Network, IEncoderNetwork
{
    private const int Levels = 4;
    private readonly List<ConvUnit[]> _down = [], _convolutions = [];
    private readonly List<ConvLayer> _up = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public GenesisUNet(UNetOptions options)
        : base(options)
    {
        int channels = options.InputChannels;
        for (int level = 0; level < Levels; level++)
        {
            _down.Add(Pair($"down_tr{64 << level}", channels, 32 << level, 64 << level));
            channels = 64 << level;
        }
        for (int level = Levels - 2; level >= 0; level--)
        {
            string name = $"up_tr{64 << level}";
            int width = 64 << level;
            _up.Add(ConvLayer.Square($"{name}.up_conv", 3, channels, channels, 2, 2, transposed: true, start: InitialRule.Uniform));
            _convolutions.Add(Pair(name, channels + width, width, width));
            channels = width;
        }
        _head = ConvLayer.Square(HeadName, 3, channels, options.Classes, 1, start: InitialRule.Uniform);
        EncoderParameters = [.. _down.SelectMany(pair => pair).SelectMany(unit => unit.Parameters())];
        Parameters =
        [
            .. EncoderParameters,
            .. _up.Zip(_convolutions, (up, pair) => up.Parameters().Concat(pair.SelectMany(unit => unit.Parameters()))).SelectMany(p => p),
            .. _head.Parameters(),
        ];
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <inheritdoc />
    public override string HeadName => "final";

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> EncoderParameters { get; }

    /// <inheritdoc />
    public int EncoderWidth => 64 << (Levels - 1);

    /// <inheritdoc />
    public T Encode<T>(IOps<T> ops, T image) => Encoded(ops, image).Peek();

    /// <inheritdoc />
    public override T Run<T>(IOps<T> ops, T image)
    {
        Stack<T> skips = Encoded(ops, image);
        T value = skips.Pop();
        for (int n = 0; n < _up.Count; n++)
            value = Run(ops, _convolutions[n], ops.Concat(ops.ConvTranspose(value, _up[n]), skips.Pop()));
        return ops.Conv(value, _head);
    }

    /// <summary>The values of all levels, the deepest on top.</summary>
    private Stack<T> Encoded<T>(IOps<T> ops, T image)
    {
        Stack<T> levels = new([Run(ops, _down[0], image)]);
        foreach (ConvUnit[] pair in _down.Skip(1)) levels.Push(Run(ops, pair, ops.MaxPool(levels.Peek(), 2, 0, 3)));
        return levels;
    }

    private static T Run<T>(IOps<T> ops, ConvUnit[] pair, T input) => pair[1].Run(ops, pair[0].Run(ops, input));

    private ConvUnit[] Pair(string name, int inputs, int middle, int outputs) =>
        [Unit($"{name}.ops.0", inputs, middle), Unit($"{name}.ops.1", middle, outputs)];

    private ConvUnit Unit(string name, int inputs, int outputs) => new(
        ConvLayer.Square($"{name}.conv1", 3, inputs, outputs, 3, start: InitialRule.Uniform),
        new NormLayer($"{name}.bn1", outputs, Options.Norm, Dimensions: 3));
}
