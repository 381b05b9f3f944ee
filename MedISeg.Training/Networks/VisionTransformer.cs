namespace MedISeg.Training.Networks;

/// <summary>The encoder of a vision transformer: one token a block of pixels, learned positions, and layers of attention and two sums, each
/// normalised before it; no class token.</summary>
internal sealed class VisionTransformer
{
    private readonly double _dropout;
    private readonly ConvLayer _patches;
    private readonly List<TransformerLayer> _layers = [];
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
        (Tokens, Width, Block, Inputs, _dropout) = (tokens, width, block, inputs, dropout);
        _patches = ConvLayer.Square("transformer.embeddings.patch_embeddings", 2, inputs, width, block, block, start: InitialRule.Uniform);
        Positions = new ParameterInfo(
            "transformer.embeddings.position_embeddings", [1, tokens.Down * tokens.Across, width], ParameterRole.Position, 1);
        for (int n = 0; n < depth; n++) _layers.Add(new TransformerLayer($"transformer.encoder.layer.{n}", width, heads));
        _norm = TransformerLayer.Norm("transformer.encoder.encoder_norm", width);
    }

    /// <summary>Tokens down and across.</summary>
    public (int Down, int Across) Tokens { get; }

    /// <summary>Channels of a token.</summary>
    public int Width { get; }

    /// <summary>Sides of the block of the input that becomes one token.</summary>
    public int Block { get; }

    /// <summary>Channels of the input.</summary>
    public int Inputs { get; }

    /// <summary>Learned value a token: [1, tokens, width].</summary>
    public ParameterInfo Positions { get; }

    /// <summary>All tensors in a fixed order.</summary>
    public IEnumerable<ParameterInfo> Parameters() =>
        [.. _patches.Parameters(), Positions, .. _layers.SelectMany(layer => layer.Parameters()), .. _norm.Parameters()];

    /// <summary>[batch, inputs, height, width] to [batch, width of a token, tokens down, tokens across].</summary>
    public T Run<T>(IOps<T> ops, T input) => ops.FromTokens(Mix(ops, Embed(ops, input)), Tokens.Down, Tokens.Across);

    /// <summary>[batch, inputs, height, width] to one token a block with its position: [batch, tokens, width].</summary>
    public T Embed<T>(IOps<T> ops, T input) => ops.DropElements(ops.AddLearned(ops.ToTokens(ops.Conv(input, _patches)), Positions), _dropout);

    /// <summary>Runs the layers on any number of tokens: [batch, tokens, width].</summary>
    public T Mix<T>(IOps<T> ops, T tokens)
    {
        T value = tokens;
        foreach (TransformerLayer layer in _layers) value = layer.Run(ops, value, _dropout);
        return ops.LayerNorm(value, _norm);
    }
}
