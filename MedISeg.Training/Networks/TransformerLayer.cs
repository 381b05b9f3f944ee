namespace MedISeg.Training.Networks;

/// <summary>A layer of a vision transformer: attention and two sums, each normalised before it and added to its input.</summary>
internal sealed class TransformerLayer
{
    private const double Epsilon = 1e-6;
    private readonly NormLayer _attentionNorm, _sumsNorm;
    private readonly LinearLayer _query, _key, _value, _out, _wide, _narrow;
    private readonly int _width, _heads;

    /// <summary>Lays out the layer.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="width">Channels of a token.</param>
    /// <param name="heads">Heads of attention; divides the width.</param>
    public TransformerLayer(string name, int width, int heads)
    {
        (_width, _heads) = (width, heads);
        (_attentionNorm, _sumsNorm) = (Norm($"{name}.attention_norm", width), Norm($"{name}.ffn_norm", width));
        (_query, _key) = (new LinearLayer($"{name}.attn.query", width, width), new LinearLayer($"{name}.attn.key", width, width));
        (_value, _out) = (new LinearLayer($"{name}.attn.value", width, width), new LinearLayer($"{name}.attn.out", width, width));
        _wide = new LinearLayer($"{name}.ffn.fc1", width, 4 * width, InitialRule.Xavier);
        _narrow = new LinearLayer($"{name}.ffn.fc2", 4 * width, width, InitialRule.Xavier);
    }

    /// <summary>All tensors in a fixed order.</summary>
    public IEnumerable<ParameterInfo> Parameters() =>
    [
        .. _attentionNorm.Parameters(), .. _sumsNorm.Parameters(),
        .. new[] { _wide, _narrow, _query, _key, _value, _out }.SelectMany(linear => linear.Parameters()),
    ];

    /// <summary>[batch, tokens, width] to the same.</summary>
    /// <param name="ops">Operations.</param>
    /// <param name="input">Tokens.</param>
    /// <param name="dropout">Probability that an element of the two sums is dropped in training.</param>
    public T Run<T>(IOps<T> ops, T input, double dropout)
    {
        T normal = ops.LayerNorm(input, _attentionNorm);
        T mixed = ops.Attention(ops.Linear(normal, _query), ops.Linear(normal, _key), ops.Linear(normal, _value), _heads, _width);
        T value = ops.Add(ops.Linear(mixed, _out), input);
        T wide = ops.DropElements(ops.Gelu(ops.Linear(ops.LayerNorm(value, _sumsNorm), _wide)), dropout);
        return ops.Add(ops.DropElements(ops.Linear(wide, _narrow), dropout), value);
    }

    /// <summary>A normalisation of tokens.</summary>
    public static NormLayer Norm(string name, int width) => new(name, width, NormKind.Instance, Epsilon);
}
