using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>U-Net of described levels: a strided encoder, transposed convolutions, skips by concatenation.</summary>
internal sealed class UNet : Network, IEncoderNetwork
{
    private readonly List<Block> _encoder = [], _decoder = [];
    private readonly List<ConvLayer> _up = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public UNet(UNetOptions options)
        : base(options)
    {
        IReadOnlyList<int> ones = [.. Enumerable.Repeat(1, options.Dimensionality)];
        int channels = options.InputChannels;
        for (int level = 0; level < options.Features.Count; level++)
        {
            _encoder.Add(new Block($"encoder.{level}", channels, level, options.StrideAt(level), options.Residual, options));
            channels = options.Features[level];
        }
        for (int level = options.Features.Count - 2; level >= 0; level--)
        {
            int features = options.Features[level];
            IReadOnlyList<int> step = options.StrideAt(level + 1);
            _up.Add(new ConvLayer($"decoder.{level}.up", channels, features, step, step, Transposed: true));
            _decoder.Add(new Block($"decoder.{level}", 2 * features, level, ones, residual: false, options));
            channels = features;
        }
        _head = new ConvLayer(HeadName, channels, options.Classes, ones, ones);
        EncoderParameters = [.. _encoder.SelectMany(b => b.Parameters())];
        Parameters = [.. EncoderParameters,
            .. _up.Zip(_decoder, (up, block) => up.Parameters().Concat(block.Parameters())).SelectMany(p => p), .. _head.Parameters()];
    }

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> Parameters { get; }

    /// <inheritdoc />
    public override string HeadName => "head";

    /// <inheritdoc />
    public override IReadOnlyList<ParameterInfo> EncoderParameters { get; }

    /// <inheritdoc />
    public int EncoderWidth => Options.Features[^1];

    /// <inheritdoc />
    public T Encode<T>(IOps<T> ops, T image) => Levels(ops, image).Peek();

    /// <inheritdoc />
    public override T Run<T>(IOps<T> ops, T image)
    {
        Stack<T> skips = Levels(ops, image);
        T value = skips.Pop();
        for (int n = 0; n < _decoder.Count; n++)
            value = _decoder[n].Run(ops, ops.Concat(ops.ConvTranspose(value, _up[n]), skips.Pop()));
        return ops.Conv(value, _head);
    }

    /// <summary>The values of all levels, the deepest on top.</summary>
    private Stack<T> Levels<T>(IOps<T> ops, T image)
    {
        Stack<T> levels = new();
        T value = image;
        foreach (Block block in _encoder) levels.Push(value = block.Run(ops, value));
        return levels;
    }

    /// <summary>Convolutions, each followed by normalisation and activation; with a shortcut where residual.</summary>
    private sealed class Block
    {
        private readonly List<(ConvLayer Conv, NormLayer Norm)> _units = [];
        private readonly ConvLayer? _shortcut;
        private readonly bool _residual;
        private readonly double _slope;

        public Block(string name, int inputs, int level, IReadOnlyList<int> stride, bool residual, UNetOptions options)
        {
            int outputs = options.Features[level];
            IReadOnlyList<int> ones = [.. stride.Select(_ => 1)];
            for (int n = 0; n < options.ConvolutionsAt(level); n++)
                _units.Add((
                    new ConvLayer($"{name}.conv{n}", n == 0 ? inputs : outputs, outputs, options.KernelAt(level), n == 0 ? stride : ones),
                    new NormLayer($"{name}.norm{n}", outputs, options.Norm, Dimensions: options.Dimensionality)));
            _residual = residual;
            _slope = options.Slope;
            if (residual && (inputs != outputs || stride.Any(step => step != 1)))
                _shortcut = new ConvLayer($"{name}.shortcut", inputs, outputs, ones, stride);
        }

        public IEnumerable<ParameterInfo> Parameters() =>
            _units.SelectMany(unit => unit.Conv.Parameters().Concat(unit.Norm.Parameters())).Concat(_shortcut?.Parameters() ?? []);

        public T Run<T>(IOps<T> ops, T input)
        {
            T value = input;
            for (int n = 0; n < _units.Count; n++)
            {
                value = ops.Norm(ops.Conv(value, _units[n].Conv), _units[n].Norm);
                if (_residual && n == _units.Count - 1)
                    value = ops.Add(value, _shortcut is null ? input : ops.Conv(input, _shortcut));
                value = ops.Activation(value, _slope);
            }
            return value;
        }
    }
}
