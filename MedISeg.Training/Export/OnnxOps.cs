using MedISeg.Training.Networks;

namespace MedISeg.Training.Export;

/// <summary>Writes a network as ONNX nodes; initialisers carry the parameters' state names.</summary>
/// <param name="graph">Receives nodes and weights.</param>
/// <param name="weights">Values by state name.</param>
internal sealed class OnnxOps(OnnxGraph graph, IReadOnlyDictionary<string, float[]> weights) : IOps<string>
{
    /// <inheritdoc />
    public string Conv(string input, ConvLayer layer) => graph.Node(
        "Conv", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Integers("kernel_shape", layer.Kernel), OnnxGraph.Integers("strides", layer.Stride),
        OnnxGraph.Integers("pads", layer.Padding.Concat(layer.Padding)));

    /// <inheritdoc />
    public string ConvTranspose(string input, ConvLayer layer) => graph.Node(
        "ConvTranspose", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Integers("kernel_shape", layer.Kernel), OnnxGraph.Integers("strides", layer.Stride));

    /// <inheritdoc />
    public string Norm(string input, NormLayer layer) => layer.Kind == NormKind.Group ? GroupNorm(input, layer) : graph.Node(
        layer.Kind == NormKind.Batch ? "BatchNormalization" : "InstanceNormalization", [input, .. Weights(layer.Parameters())],
        OnnxGraph.Number("epsilon", layer.Epsilon));

    /// <inheritdoc />
    public string Activation(string input, double slope) =>
        slope == 0 ? graph.Node("Relu", [input]) : graph.Node("LeakyRelu", [input], OnnxGraph.Number("alpha", slope));

    /// <inheritdoc />
    public string Add(string first, string second) => graph.Node("Add", [first, second]);

    /// <inheritdoc />
    public string MaxPool(string input, int kernel, int padding, int dimensions) => graph.Node(
        "MaxPool", [input],
        OnnxGraph.Integers("kernel_shape", Enumerable.Repeat(kernel, dimensions)), OnnxGraph.Integers("strides", Enumerable.Repeat(2, dimensions)),
        OnnxGraph.Integers("pads", Enumerable.Repeat(padding, 2 * dimensions)));

    /// <inheritdoc />
    public string MeanPool(string input) => graph.Node(
        "AveragePool", [input], OnnxGraph.Integers("kernel_shape", [2, 2]), OnnxGraph.Integers("strides", [2, 2]));

    /// <inheritdoc />
    public string Double(string input) => graph.Node(
        "Resize", [input, "", graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", [1, 1, 2, 2]))],
        OnnxGraph.Text("mode", "linear"), OnnxGraph.Text("coordinate_transformation_mode", "align_corners"));

    /// <inheritdoc />
    public string DropChannels(string input, double rate) => input;

    /// <inheritdoc />
    public string Concat(string first, string second) => graph.Node("Concat", [first, second], OnnxGraph.Integer("axis", 1));

    /// <summary>Operator set 17 has no group normalisation: each group becomes a channel of an instance normalisation.</summary>
    private string GroupNorm(string input, NormLayer layer)
    {
        string[] affine = [.. Weights(layer.Parameters())];
        string ones = graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", Enumerable.Repeat(1f, layer.Groups)));
        string zeros = graph.Node("Constant", [], OnnxGraph.Numbers("value_floats", Enumerable.Repeat(0f, layer.Groups)));
        string grouped = graph.Node("Reshape", [input, Whole(0, layer.Groups, -1)]);
        string normal = graph.Node("InstanceNormalization", [grouped, ones, zeros], OnnxGraph.Number("epsilon", layer.Epsilon));
        string back = graph.Node("Reshape", [normal, graph.Node("Shape", [input])]);
        // [channels] to [channels, 1, ...]: as many trailing axes as the value has spatial ones.
        string sides = Whole([.. Enumerable.Range(1, layer.Dimensions)]);
        return graph.Node("Add", [
            graph.Node("Mul", [back, graph.Node("Unsqueeze", [affine[0], sides])]), graph.Node("Unsqueeze", [affine[1], sides])]);
    }

    private string Whole(params int[] values) => graph.Node("Constant", [], OnnxGraph.Integers("value_ints", values));

    private IEnumerable<string> Weights(IEnumerable<ParameterInfo> parameters) =>
        parameters.Select(p => graph.Initialiser(p.Name, p.Shape, weights[p.Name]));
}
