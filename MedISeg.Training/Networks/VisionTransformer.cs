namespace MedISeg.Training.Networks;

/// <summary>The encoder of a vision transformer: one token a block of pixels, learned positions, and layers of attention and two sums, each
/// normalised before it; no class token.</summary>
internal sealed class VisionTransformer
{
    private const double Epsilon = 1e-6;
    private readonly int _width, _heads, _tokensDown, _tokensAcross;
    private readonly double _dropout;
    private readonly ConvLayer _patches;
    private readonly ParameterInfo _positions;
    private readonly List<Layer> _layers = [];
    private readonly NormLayer _norm;

    /// <summary>Lays out the layers.</summary>
    /// <param name="inputs">Channels of its input.</param>
    /// <param name="block">Sides of the block of its input that becomes one token.</param>
    /// <param name="tokens">Tokens down and across.</param>
    /// <param name="width">Channels of a token.</param>
    /// <param name="depth">Layers.</param>
    /// <param name="heads">Heads of attention; divides the width.</param>
    /// <param name="dropout">Probability that an element is dropped in training.</param>
    public VisionTransformer(int inputs, int block, (int Down, int Across) tokens, int width, int depth, int heads, double dropout)
    {
        (_width, _heads, _dropout) = (width, heads, dropout);
        (_tokensDown, _tokensAcross) = tokens;
        _patches = ConvLayer.Square("transformer.embeddings.patch_embeddings", 2, inputs, width, block, block, start: InitialRule.Uniform);
        _positions = new ParameterInfo(
            "transformer.embeddings.position_embeddings", [1, tokens.Down * tokens.Across, width], ParameterRole.Position, 1);
        for (int n = 0; n < depth; n++) _layers.Add(new Layer($"transformer.encoder.layer.{n}", width));
        _norm = Norm("transformer.encoder.encoder_norm", width);
    }

    /// <summary>All tensors in a fixed order.</summary>
    public IEnumerable<ParameterInfo> Parameters() =>
        [.. _patches.Parameters(), _positions, .. _layers.SelectMany(layer => layer.Parameters()), .. _norm.Parameters()];

    /// <summary>[batch, inputs, height, width] to [batch, width of a token, tokens down, tokens across].</summary>
    public T Run<T>(IOps<T> ops, T input)
    {
        T value = ops.DropElements(ops.AddLearned(ops.ToTokens(ops.Conv(input, _patches)), _positions), _dropout);
        foreach (Layer layer in _layers) value = layer.Run(ops, value, _heads, _width, _dropout);
        return ops.FromTokens(ops.LayerNorm(value, _norm), _tokensDown, _tokensAcross);
    }

    private static NormLayer Norm(string name, int width) => new(name, width, NormKind.Instance, Epsilon);

    /// <summary>Attention and two sums, each added to its input.</summary>
    private sealed class Layer(string name, int width)
    {
        private readonly NormLayer _attentionNorm = Norm($"{name}.attention_norm", width), _sumsNorm = Norm($"{name}.ffn_norm", width);
        private readonly LinearLayer
            _query = new($"{name}.attn.query", width, width), _key = new($"{name}.attn.key", width, width),
            _value = new($"{name}.attn.value", width, width), _out = new($"{name}.attn.out", width, width),
            _wide = new($"{name}.ffn.fc1", width, 4 * width, InitialRule.Xavier), _narrow = new($"{name}.ffn.fc2", 4 * width, width, InitialRule.Xavier);

        public IEnumerable<ParameterInfo> Parameters() =>
        [
            .. _attentionNorm.Parameters(), .. _sumsNorm.Parameters(),
            .. new[] { _wide, _narrow, _query, _key, _value, _out }.SelectMany(linear => linear.Parameters()),
        ];

        public T Run<T>(IOps<T> ops, T input, int heads, int channels, double dropout)
        {
            T normal = ops.LayerNorm(input, _attentionNorm);
            T mixed = ops.Attention(ops.Linear(normal, _query), ops.Linear(normal, _key), ops.Linear(normal, _value), heads, channels);
            T value = ops.Add(ops.Linear(mixed, _out), input);
            T wide = ops.DropElements(ops.Gelu(ops.Linear(ops.LayerNorm(value, _sumsNorm), _wide)), dropout);
            return ops.Add(ops.DropElements(ops.Linear(wide, _narrow), dropout), value);
        }
    }
}
