using MedISeg.Imaging.Errors;

namespace MedISeg.Training.Networks;

/// <summary>U-Net of described levels: a strided encoder, transposed convolutions, skips by concatenation.</summary>
/// <remarks>Plain and residual encoder follow nnU-Net's, layer by layer; checked against golden <c>nets/res_enc</c>.</remarks>
internal sealed class UNet : Network, IEncoderNetwork
{
    private readonly ConvUnit? _stem;
    private readonly List<IStage> _encoder = [];
    private readonly List<Block> _decoder = [];
    private readonly List<ConvLayer> _up = [];
    private readonly ConvLayer _head;

    /// <summary>Lays out the layers.</summary>
    /// <exception cref="SegmentationException"><see cref="ErrorCode.InvalidOption"/>: the description has faults; each is named.</exception>
    public UNet(UNetOptions options)
        : base(options)
    {
        IReadOnlyList<int> ones = [.. Enumerable.Repeat(1, options.Dimensionality)];
        int channels = options.InputChannels;
        if (options.Residual)
        {
            int first = options.Features[0];
            _stem = new ConvUnit(
                new ConvLayer("encoder.stem.conv", channels, first, options.KernelAt(0), ones),
                new NormLayer("encoder.stem.norm", first, options.Norm, Dimensions: options.Dimensionality), Slope: options.Slope);
            channels = first;
        }
        for (int level = 0; level < options.Features.Count; level++)
        {
            _encoder.Add(options.Residual
                ? new ResidualStage($"encoder.{level}", channels, level, options)
                : new Block($"encoder.{level}", channels, level, options.StrideAt(level), options));
            channels = options.Features[level];
        }
        for (int level = options.Features.Count - 2; level >= 0; level--)
        {
            int features = options.Features[level];
            IReadOnlyList<int> step = options.StrideAt(level + 1);
            _up.Add(new ConvLayer($"decoder.{level}.up", channels, features, step, step, Transposed: true));
            _decoder.Add(new Block($"decoder.{level}", 2 * features, level, ones, options));
            channels = features;
        }
        _head = new ConvLayer(HeadName, channels, options.Classes, ones, ones);
        EncoderParameters = [.. _stem?.Parameters() ?? [], .. _encoder.SelectMany(b => b.Parameters())];
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
        T value = _stem is null ? image : _stem.Run(ops, image);
        foreach (IStage stage in _encoder) levels.Push(value = stage.Run(ops, value));
        return levels;
    }

    /// <summary>What an encoder does at one level.</summary>
    private interface IStage
    {
        IEnumerable<ParameterInfo> Parameters();

        T Run<T>(IOps<T> ops, T input);
    }

    /// <summary>Convolutions, each followed by normalisation and activation.</summary>
    private sealed class Block : IStage
    {
        private readonly List<ConvUnit> _units = [];

        public Block(string name, int inputs, int level, IReadOnlyList<int> stride, UNetOptions options)
        {
            int outputs = options.Features[level];
            IReadOnlyList<int> ones = [.. stride.Select(_ => 1)];
            for (int n = 0; n < options.ConvolutionsAt(level); n++)
                _units.Add(new ConvUnit(
                    new ConvLayer($"{name}.conv{n}", n == 0 ? inputs : outputs, outputs, options.KernelAt(level), n == 0 ? stride : ones),
                    new NormLayer($"{name}.norm{n}", outputs, options.Norm, Dimensions: options.Dimensionality), Slope: options.Slope));
        }

        public IEnumerable<ParameterInfo> Parameters() => _units.SelectMany(unit => unit.Parameters());

        public T Run<T>(IOps<T> ops, T input) => _units.Aggregate(input, (value, unit) => unit.Run(ops, value));
    }

    /// <summary>Residual blocks of two convolutions; the first one takes the step into the level, its shortcut by means of blocks.</summary>
    private sealed class ResidualStage : IStage
    {
        private readonly List<ResidualBlock> _blocks = [];

        public ResidualStage(string name, int inputs, int level, UNetOptions options)
        {
            int outputs = options.Features[level];
            IReadOnlyList<int> stride = options.StrideAt(level), ones = [.. stride.Select(_ => 1)];
            for (int n = 0; n < options.BlocksAt(level); n++)
            {
                int channels = n == 0 ? inputs : outputs;
                string path = $"{name}.{n}";
                _blocks.Add(new ResidualBlock(
                    [
                        (new ConvLayer($"{path}.conv0", channels, outputs, options.KernelAt(level), n == 0 ? stride : ones), Norm($"{path}.norm0")),
                        (new ConvLayer($"{path}.conv1", outputs, outputs, options.KernelAt(level), ones), Norm($"{path}.norm1", InitialRule.Zero)),
                    ],
                    channels == outputs ? null : (new ConvLayer($"{path}.shortcut", channels, outputs, ones, ones, Bias: false), Norm($"{path}.shortcut_norm")),
                    options.Slope, n == 0 && stride.Any(step => step != 1) ? stride : null));
            }

            NormLayer Norm(string path, InitialRule start = InitialRule.HeFanIn) =>
                new(path, outputs, options.Norm, Dimensions: options.Dimensionality, Start: start);
        }

        public IEnumerable<ParameterInfo> Parameters() => _blocks.SelectMany(block => block.Parameters());

        public T Run<T>(IOps<T> ops, T input) => _blocks.Aggregate(input, (value, block) => block.Run(ops, value));
    }
}
