using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>U-Nets around a vision transformer: blocks of 16 x 16 pixels, or the output of a ResNet at 1/16 of the sides, become tokens; the
/// decoder doubles the sides four times by linear interpolation, with two 3x3 convolutions a level.</summary>
/// <remarks>Checked against golden <c>nets/vit_b16_skip0</c>, <c>nets/r50vit_b16_skip0</c> and <c>nets/r50vit_b16_skip3</c>.</remarks>
internal sealed class TransUNet : Network
{
    /// <summary>Sides of the block of pixels that one token stands for.</summary>
    public const int TokenSide = 16;

    private const int HeadWidth = 512;
    private static readonly int[] Widths = [256, 128, 64, 16];
    private readonly HybridEncoder? _hybrid;
    private readonly int _skips;
    private readonly ConvUnit _more;
    private readonly List<ConvUnit[]> _levels = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public TransUNet(UNetOptions options)
        : base(options)
    {
        bool hybrid = options.Kind is NetworkKind.TransUNet or NetworkKind.TransUNetNoSkip;
        (int width, int depth, int heads) = options.Kind == NetworkKind.VitUNetL16 ? (1024, 24, 16) : (768, 12, 12);
        _skips = options.Kind == NetworkKind.TransUNet ? 3 : 0;
        _hybrid = hybrid ? new HybridEncoder(options.InputChannels) : null;
        Transformer = new VisionTransformer(
            hybrid ? HybridEncoder.Widths[^1] : options.InputChannels, hybrid ? 1 : TokenSide,
            (options.Sides![0] / TokenSide, options.Sides[1] / TokenSide), width, depth, heads, options.Dropout);
        _more = Unit("decoder.conv_more", width, HeadWidth);
        int channels = HeadWidth;
        for (int n = 0; n < Widths.Length; n++)
        {
            int joined = channels + (n < _skips ? HybridEncoder.Widths[^(n + 2)] : 0);
            _levels.Add([Unit($"decoder.blocks.{n}.conv1", joined, Widths[n]), Unit($"decoder.blocks.{n}.conv2", Widths[n], Widths[n])]);
            channels = Widths[n];
        }
        _head = ConvLayer.Square(HeadName, 2, channels, options.Classes, 3, start: InitialRule.Uniform);
        EncoderParameters = [.. _hybrid?.Parameters() ?? [], .. Transformer.Parameters()];
        Parameters =
        [
            .. EncoderParameters, .. _more.Parameters(),
            .. _levels.SelectMany(level => level).SelectMany(unit => unit.Parameters()), .. _head.Parameters(),
        ];
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <inheritdoc />
    public override string HeadName => "segmentation_head.0";

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> EncoderParameters { get; }

    /// <summary>Whether the transformer sees the output of a ResNet instead of blocks of the image.</summary>
    public bool HasResNet => _hybrid is not null;

    /// <summary>The part between the image, or the ResNet, and the decoder.</summary>
    public VisionTransformer Transformer { get; }

    /// <inheritdoc />
    public override T Run<T>(IOps<T> ops, T image)
    {
        IReadOnlyList<T> levels = _hybrid?.Run(ops, image) ?? [image];
        T value = _more.Run(ops, Transformer.Run(ops, levels[^1]));
        for (int n = 0; n < _levels.Count; n++)
        {
            value = ops.Double(value);
            if (n < _skips) value = ops.Concat(value, levels[^(n + 2)]);
            foreach (ConvUnit unit in _levels[n]) value = unit.Run(ops, value);
        }
        return ops.Conv(value, _head);
    }

    private static ConvUnit Unit(string name, int inputs, int outputs) => new(
        ConvLayer.Square($"{name}.0", 2, inputs, outputs, 3, bias: false, start: InitialRule.Uniform),
        new NormLayer($"{name}.1", outputs, NormKind.Batch));
}
