using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>The paper's 2-D U-Net on a ResNet or DenseNet: four levels of a transposed convolution to half the width, the skip after it, and
/// two 3x3 convolutions, each followed by rectification, batch normalisation and dropped channels, in this order; the head is a transposed
/// convolution to the image's sides.</summary>
/// <remarks>The paper's code mirrors the border of skips that are smaller than the enlarged value; here sides are multiples of 32, so none is,
/// and the logits have the image's sides. Checked against golden <c>nets/resunet_*</c> and <c>nets/denseunet_*</c>.</remarks>
internal sealed class BackboneUNet : Network, IEncoderNetwork
{
    private readonly IEncoder _encoder;
    private readonly List<Level> _decoder = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <param name="options">The description.</param>
    /// <param name="encoder">Its encoder.</param>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public BackboneUNet(UNetOptions options, IEncoder encoder)
        : base(options)
    {
        _encoder = encoder;
        for (int level = encoder.Widths.Count - 2; level >= 0; level--)
            _decoder.Add(new Level($"u{8 - level}", encoder.Widths[level + 1], encoder.Widths[level], options.Dropout));
        _head = ConvLayer.Square(HeadName, 2, encoder.Widths[0], options.Classes, 2, 2, transposed: true, start: InitialRule.Uniform);
        EncoderParameters = [.. encoder.Parameters()];
        Parameters = [.. EncoderParameters, .. _decoder.SelectMany(level => level.Parameters()), .. _head.Parameters()];
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <inheritdoc />
    public override string HeadName => "seg";

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> EncoderParameters { get; }

    /// <inheritdoc />
    public int EncoderWidth => _encoder.Widths[^1];

    /// <inheritdoc />
    public T Encode<T>(IOps<T> ops, T image) => _encoder.Run(ops, image)[^1];

    /// <inheritdoc />
    public override T Run<T>(IOps<T> ops, T image)
    {
        IReadOnlyList<T> levels = _encoder.Run(ops, image);
        T value = levels[^1];
        for (int n = 0; n < _decoder.Count; n++) value = _decoder[n].Run(ops, value, levels[^(n + 2)]);
        return ops.ConvTranspose(value, _head);
    }

    /// <summary>One step towards the image's sides.</summary>
    private sealed class Level(string name, int inputs, int outputs, double dropout)
    {
        private readonly ConvLayer _up =
            ConvLayer.Square($"{name}.up", 2, inputs, inputs / 2, 2, 2, transposed: true, start: InitialRule.Uniform);
        private readonly ConvUnit[] _units =
            [Unit($"{name}.conv1", inputs / 2 + outputs, outputs), Unit($"{name}.conv2", outputs, outputs)];

        public IEnumerable<ParameterInfo> Parameters() => _up.Parameters().Concat(_units.SelectMany(unit => unit.Parameters()));

        public T Run<T>(IOps<T> ops, T input, T skip)
        {
            T value = ops.Concat(ops.ConvTranspose(input, _up), skip);
            foreach (ConvUnit unit in _units) value = ops.DropChannels(unit.Run(ops, value), dropout);
            return value;
        }

        private static ConvUnit Unit(string name, int inputs, int outputs) => new(
            ConvLayer.Square($"{name}.conv", 2, inputs, outputs, 3, start: InitialRule.Uniform),
            new NormLayer($"{name}.norm", outputs, NormKind.Batch), RectifyFirst: true);
    }
}
