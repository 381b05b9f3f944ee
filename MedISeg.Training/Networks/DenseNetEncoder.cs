namespace MedISeg.Training.Networks;

/// <summary>DenseNet-121, 161, 169 or 201 without last normalisation and classifier; state names are torchvision's after
/// <c>backbone.</c>.</summary>
internal sealed class DenseNetEncoder : IEncoder
{
    private const string Prefix = "backbone.features.";
    private readonly ConvLayer _stem;
    private readonly NormLayer _stemNorm;
    private readonly List<List<Unit[]>> _blocks = [];
    private readonly List<Unit> _transitions = [];

    /// <summary>Lays out the layers of the kind that the options name.</summary>
    public DenseNetEncoder(UNetOptions options)
    {
        (int growth, int[] layers) = options.Kind switch
        {
            NetworkKind.DenseUNet121 => (32, new[] { 6, 12, 24, 16 }),
            NetworkKind.DenseUNet161 => (48, [6, 12, 36, 24]),
            NetworkKind.DenseUNet169 => (32, [6, 12, 32, 32]),
            NetworkKind.DenseUNet201 => (32, [6, 12, 48, 32]),
            _ => throw new ArgumentException("The kind has no DenseNet.", nameof(options)),
        };
        int channels = 2 * growth;
        _stem = ConvLayer.Square(Prefix + "conv0", 2, options.InputChannels, channels, 7, 2, bias: false);
        _stemNorm = new NormLayer(Prefix + "norm0", channels, NormKind.Batch);
        List<int> widths = [channels];
        for (int block = 0; block < layers.Length; block++)
        {
            List<Unit[]> built = [];
            for (int n = 0; n < layers[block]; n++)
            {
                string name = $"{Prefix}denseblock{block + 1}.denselayer{n + 1}";
                built.Add([
                    new Unit($"{name}.norm1", $"{name}.conv1", channels, 4 * growth, 1),
                    new Unit($"{name}.norm2", $"{name}.conv2", 4 * growth, growth, 3)]);
                channels += growth;
            }
            _blocks.Add(built);
            widths.Add(channels);
            if (block == layers.Length - 1) break;
            string transition = $"{Prefix}transition{block + 1}";
            _transitions.Add(new Unit($"{transition}.norm", $"{transition}.conv", channels, channels / 2, 1));
            channels /= 2;
        }
        Widths = widths;
    }

    /// <inheritdoc />
    public IReadOnlyList<int> Widths { get; }

    /// <inheritdoc />
    public IEnumerable<ParameterInfo> Parameters() =>
    [
        .. _stem.Parameters(), .. _stemNorm.Parameters(),
        .. _blocks.SelectMany((block, n) => block.SelectMany(layer => layer).Concat(_transitions.Skip(n).Take(1))).SelectMany(unit => unit.Parameters()),
    ];

    /// <inheritdoc />
    public IReadOnlyList<T> Run<T>(IOps<T> ops, T image)
    {
        List<T> levels = [ops.Activation(ops.Norm(ops.Conv(image, _stem), _stemNorm), 0)];
        T value = ops.MaxPool(levels[0], 3, 1, 2);
        for (int block = 0; block < _blocks.Count; block++)
        {
            foreach (Unit[] layer in _blocks[block])
                value = ops.Concat(value, layer[1].Run(ops, layer[0].Run(ops, value)));
            levels.Add(value);
            if (block < _transitions.Count) value = ops.MeanPool(_transitions[block].Run(ops, value), [2, 2]);
        }
        return levels;
    }

    /// <summary>Normalisation, rectification and convolution, in this order.</summary>
    private sealed class Unit(string norm, string conv, int inputs, int outputs, int kernel)
    {
        private readonly NormLayer _norm = new(norm, inputs, NormKind.Batch);
        private readonly ConvLayer _conv = ConvLayer.Square(conv, 2, inputs, outputs, kernel, bias: false);

        public IEnumerable<ParameterInfo> Parameters() => _norm.Parameters().Concat(_conv.Parameters());

        public T Run<T>(IOps<T> ops, T input) => ops.Conv(ops.Activation(ops.Norm(input, _norm), 0), _conv);
    }
}
