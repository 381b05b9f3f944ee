using MedISeg.Imaging.Errors;
using MedISeg.Training.Networks;

namespace MedISeg.Training.Weights;

/// <summary>Where a tensor of an encoder lies in somebody else's file: torchvision's names for ResNets, timm's for vision transformers.</summary>
internal sealed class ForeignTensor
{
    private const string ResNet = "resnet.", Layer = "transformer.encoder.layer.";
    private static readonly Dictionary<string, string> LayerNames = new()
    {
        ["attention_norm"] = "norm1", ["ffn_norm"] = "norm2", ["attn.out"] = "attn.proj", ["ffn.fc1"] = "mlp.fc1", ["ffn.fc2"] = "mlp.fc2",
    };

    // timm keeps the three sums of attention in one tensor, in this order.
    private static readonly string[] Thirds = ["attn.query", "attn.key", "attn.value"];

    private readonly ParameterInfo _parameter;
    private readonly int _third = -1;
    private readonly (int Down, int Across)? _tokens;

    /// <summary>Looks the place of a tensor up.</summary>
    /// <param name="parameter">Tensor of an encoder.</param>
    /// <param name="options">The network's description.</param>
    public ForeignTensor(ParameterInfo parameter, UNetOptions options)
    {
        _parameter = parameter;
        string own = parameter.Name, ending = own[(own.LastIndexOf('.') + 1)..];
        if (own.StartsWith(Layer, StringComparison.Ordinal))
        {
            string[] parts = own[Layer.Length..].Split('.', 2);
            string layer = parts[1][..^(ending.Length + 1)];
            _third = Array.IndexOf(Thirds, layer);
            Name = $"blocks.{parts[0]}.{(_third >= 0 ? "attn.qkv" : LayerNames[layer])}.{ending}";
        }
        else if (parameter.Role == ParameterRole.Position)
        {
            Name = "pos_embed";
            _tokens = (options.Sides![0] / TransUNet.TokenSide, options.Sides[1] / TransUNet.TokenSide);
        }
        else
        {
            Name = own switch
            {
                _ when own.StartsWith(ResNet, StringComparison.Ordinal) => own[ResNet.Length..],
                _ when own.StartsWith("transformer.embeddings.patch_embeddings.", StringComparison.Ordinal) => $"patch_embed.proj.{ending}",
                _ when own.StartsWith("transformer.encoder.encoder_norm.", StringComparison.Ordinal) => $"norm.{ending}",
                _ => own,
            };
        }
    }

    /// <summary>Name in the file, without the source's prefix.</summary>
    public string Name { get; }

    /// <summary>Why the file's tensor does not do; null: it does.</summary>
    /// <param name="tensors">Content of the file.</param>
    /// <param name="prefix">Of the source.</param>
    public KeyError? Fault(IReadOnlyDictionary<string, NamedTensor> tensors, string prefix)
    {
        if (!tensors.TryGetValue(prefix + Name, out NamedTensor? tensor)) return new KeyError(prefix + Name, "missing.");
        IReadOnlyList<long> shape = _parameter.Shape;
        if (_third >= 0) shape = [3 * shape[0], .. shape.Skip(1)];
        bool fits = _tokens is null
            ? tensor.Shape.SequenceEqual(shape)
            : tensor.Shape.Count == 3 && tensor.Shape[0] == 1 && tensor.Shape[2] == shape[2] && PositionGrid.SideOf(tensor.Shape[1] - 1) > 0;
        string wanted = _tokens is null ? string.Join(", ", shape) : $"1, 1 + a square, {shape[2]}";
        return fits ? null : new KeyError(prefix + Name, $"[{string.Join(", ", tensor.Shape)}] instead of [{wanted}].");
    }

    /// <summary>The values of the network's tensor.</summary>
    /// <param name="tensor">One of which <see cref="Fault"/> finds none.</param>
    public float[] Take(NamedTensor tensor)
    {
        int count = checked((int)_parameter.Count);
        if (_third >= 0) return tensor.Values.AsSpan(_third * count, count).ToArray();
        if (_tokens is not { } tokens) return tensor.Values;
        // The first position is that of the class token, which a segmentation network lacks.
        int width = (int)tensor.Shape[2];
        return PositionGrid.Resize(tensor.Values.AsSpan(width), PositionGrid.SideOf(tensor.Shape[1] - 1), width, tokens.Down, tokens.Across);
    }
}
