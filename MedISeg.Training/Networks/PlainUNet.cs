using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>The 2-D U-Net that the paper's code uses where no backbone is named: two 3x3 convolutions a level with batch normalisation,
/// widths 64 to 512, pooling by maximum, bilinear enlarging, the skip before the enlarged value.</summary>
/// <remarks>The paper's code also holds a second branch that its forward never reaches; it is not here. Checked against golden
/// <c>nets/unet2d_out</c>.</remarks>
internal sealed class PlainUNet : Network
{
    private static readonly int[] Widths = [64, 128, 256, 512, 512];
    private readonly List<ConvUnit[]> _down = [], _up = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public PlainUNet(UNetOptions options)
        : base(options)
    {
        int channels = options.InputChannels;
        for (int level = 0; level < Widths.Length; level++)
        {
            string name = level == 0 ? "inc" : $"down{level}.maxpool_conv.1";
            _down.Add(Pair(name, channels, Widths[level], Widths[level]));
            channels = Widths[level];
        }
        for (int n = 1; n < Widths.Length; n++)
        {
            int joined = channels + Widths[^(n + 1)];
            channels = n == Widths.Length - 1 ? Widths[0] : Widths[^(n + 1)] / 2;
            _up.Add(Pair($"up{n}.conv", joined, joined / 2, channels));
        }
        _head = ConvLayer.Square(HeadName, 2, channels, options.Classes, 1, start: InitialRule.Uniform);
        Parameters = [.. _down.Concat(_up).SelectMany(pair => pair).SelectMany(unit => unit.Parameters()), .. _head.Parameters()];
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <inheritdoc />
    public override string HeadName => "outc.conv";

    /// <inheritdoc />
    public override T Run<T>(IOps<T> ops, T image)
    {
        Stack<T> skips = new();
        T value = Run(ops, _down[0], image);
        foreach (ConvUnit[] pair in _down.Skip(1))
        {
            skips.Push(value);
            value = Run(ops, pair, ops.MaxPool(value, 2, 0, 2));
        }
        foreach (ConvUnit[] pair in _up) value = Run(ops, pair, ops.Concat(skips.Pop(), ops.Double(value)));
        return ops.Conv(value, _head);
    }

    private static T Run<T>(IOps<T> ops, ConvUnit[] pair, T input) => pair[1].Run(ops, pair[0].Run(ops, input));

    private static ConvUnit[] Pair(string name, int inputs, int middle, int outputs) =>
    [
        Unit($"{name}.double_conv.0", $"{name}.double_conv.1", inputs, middle),
        Unit($"{name}.double_conv.3", $"{name}.double_conv.4", middle, outputs),
    ];

    private static ConvUnit Unit(string conv, string norm, int inputs, int outputs) => new(
        ConvLayer.Square(conv, 2, inputs, outputs, 3, start: InitialRule.Uniform), new NormLayer(norm, outputs, NormKind.Batch));
}
